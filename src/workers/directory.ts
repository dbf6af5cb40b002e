import { brokenWorker, ManagerError, messageOf, serverEnds, tooDeep } from '../errors.ts';
import { readWorker } from '../journal/load-worker.ts';
import { isDoneWith } from '../journal/restored-worker.ts';
import { ownLease } from '../leases/own-leases.ts';
import { sweepStandby } from '../standby/sweep.ts';
import type { Adoption } from './adoption.ts';
import type { WorkerActor } from './worker-actor.ts';
import type { Workers, WorkersDeps } from './workers.ts';

/** Finds the actors of the workers that calls name, and adopts workers without an actor. */
export interface Directory {
  /** Resolves once the workers of an earlier server are adopted; the first call starts that. */
  ready(): Promise<void>;
  /**
   * Returns the actor of a worker, which is adopted if it has none.
   * @throws ManagerError `unknown_worker`, `foreign_worker`, or that this server is ending.
   */
  getOrAdopt(worker_id: string): Promise<WorkerActor>;
  /** True when nothing can happen to a worker until it is resumed. It is only looked at, not adopted. */
  isDoneWith(worker_id: string): Promise<boolean>;
  /**
   * Resolves once every decision about a worker so far is in its journal.
   * @throws ManagerError `storage` when the journal cannot be written.
   */
  recorded(worker_id: string): Promise<void>;
}

export interface DirectoryDeps extends Pick<WorkersDeps, 'config' | 'now' | 'warn'> {
  workers: Workers;
  adoption: Adoption;
  isEnding(): boolean;
}

export function createDirectory(deps: DirectoryDeps): Directory {
  const { config, workers, adoption, now, warn } = deps;
  restartBroken(deps);
  let adopted: Promise<void> | undefined;
  const adoptAll = async () => {
    await adoption.adoptAll();
    // No call waits for this, because no worker uses the processes that it ends.
    ownLease(now())
      .then((own) => sweepStandby(config, own, warn))
      .catch((error: unknown) => warn(messageOf(error)));
  };
  /** Adopts at the first call; a server inside a worker adopts no workers. */
  const ready = () => {
    adopted ??= config.depth > 0 ? Promise.resolve() : adoptAll();
    return adopted.catch((error: unknown) => {
      adopted = undefined;
      throw error;
    });
  };

  return {
    ready,
    async getOrAdopt(worker_id) {
      if (config.depth > 0) throw tooDeep();
      await ready();
      if (!workers.find(worker_id)) await adoption.adopt(worker_id);
      // A stopped actor ignores events.
      if (deps.isEnding()) throw serverEnds();
      const actor = workers.find(worker_id);
      if (!actor) throw brokenWorker(worker_id);
      return actor;
    },
    async isDoneWith(worker_id) {
      if (workers.find(worker_id)) return false;
      if (workers.parked.has(worker_id)) return true;
      const stored = await readWorker(config, worker_id).catch(() => undefined);
      return stored !== undefined && isDoneWith(stored.restored);
    },
    recorded: (worker_id) =>
      workers.recorded(worker_id).catch((cause: unknown) => {
        const message = `The journal of worker ${worker_id} cannot be written, so the worker was ended: ${messageOf(cause)}.`;
        throw new ManagerError('storage', message, { cause });
      }),
  };
}

/** Adopts a worker again, from its journal, when the supervisor asks for a restart of its actor. */
function restartBroken({ workers, adoption, warn }: DirectoryDeps): void {
  workers.supervisor.on('RESTART', ({ worker_id }) => {
    warn(`The actor of worker ${worker_id} broke; the worker continues from its journal.`);
    adoption.adopt(worker_id).catch((error: unknown) => warn(messageOf(error)));
  });
}
