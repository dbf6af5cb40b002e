import { ManagerError, unknownWorker } from '../errors.ts';
import { hasReader } from '../files/fifo.ts';
import { type Folders, workerPaths } from '../files/paths.ts';
import { readWorker } from '../journal/load-worker.ts';
import { readOwner } from '../leases/lease.ts';
import { giveUp } from '../processes/given-up.ts';
import { livenessOf } from '../processes/liveness.ts';
import { type Identity, ownPlace, whereIs } from '../processes/place.ts';

/**
 * Notes that the server and the process of a worker, which cannot be seen from here, are gone for good.
 * The next call of a server here takes the worker over.
 * @returns the text for the terminal.
 * @throws ManagerError `foreign_worker` when one of them still runs.
 */
export async function adopt(folders: Folders, worker_id: string): Promise<string> {
  const { lease, stdin, givenUp } = workerPaths(folders, worker_id);
  const stored = await readWorker(folders, worker_id);
  if (!stored) throw unknownWorker(worker_id);
  const owner = await readOwner(lease);
  const claude = stored.restored.context.process;

  if (owner && (await livenessOf(owner)) === 'alive') {
    throw stillRuns(worker_id, `its server, process ${owner.pid}, runs here: end it first`);
  }
  const unseen: Identity[] = [];
  if (owner && (await livenessOf(owner, { givenUp })) === 'unknown') unseen.push(owner);
  if (claude && (await livenessOf(claude, { stdin, givenUp })) === 'unknown') unseen.push(claude);
  const [first] = unseen;
  if (!first) {
    return `Worker ${worker_id} needs no adoption by hand: the next call of a server takes it over.\n`;
  }
  const where = whereIs(await ownPlace(), first);
  if (await hasReader(stdin)) {
    throw stillRuns(
      worker_id,
      `its claude still runs ${where}: use the worker there, or stop it there first`,
    );
  }
  await giveUp(givenUp, unseen);
  return `Worker ${worker_id}: what ran ${where} counts as gone. The next call of a server here takes the worker over.\n`;
}

const stillRuns = (worker_id: string, why: string): ManagerError =>
  new ManagerError('foreign_worker', `Worker ${worker_id} cannot be adopted: ${why}.`);
