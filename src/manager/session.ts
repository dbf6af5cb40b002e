import type { WorkerContext } from '../../machines/worker.ts';
import { findSession, isExtended } from '../claude/session-file.ts';
import { holderOf } from '../claude/session-holder.ts';
import { ManagerError } from '../errors.ts';
import { workerPaths } from '../files/paths.ts';
import type { Services } from './services.ts';

/** The services that look at a session. */
interface SessionServices extends Pick<Services, 'env' | 'config'> {
  workers: Pick<Services['workers'], 'onRecord'>;
  directory: Pick<Services['directory'], 'getOrAdopt'>;
}

/**
 * Looks whether a settled worker can continue its session as it left it. A process from before does not
 * know what somebody else has added, for example in a terminal: it is ended, so that a new one starts.
 * @throws ManagerError `wrong_state` when another process has the session open.
 */
export async function lookAtSession(
  services: SessionServices,
  { spec, session_id, session_begun, process: claude, failure }: WorkerContext,
): Promise<{ isFound: boolean }> {
  const { env, config } = services;
  const { worker_id } = spec;
  const isEarlier = config.earlier.has(worker_id);
  if (!session_begun && !isEarlier) return { isFound: false };
  const holder = await holderOf(env, { worker_id, session_id, pid: claude?.pid });
  if (holder !== undefined) throw sessionInUse(session_id, holder);
  const file = await findSession(env, session_id);
  // Its journal is in the project, which can come from elsewhere.
  if (isEarlier && !file) throw neverHere(worker_id);
  const { stdout } = workerPaths(config, worker_id);
  const isOutdated = claude && file && (await isExtended(file, stdout).catch(() => true));
  if (isOutdated) await endProcess(services, worker_id);
  // Where claude keeps its sessions elsewhere, only another start can tell.
  return { isFound: failure?.reason === 'session_lost' && file !== null };
}

const sessionInUse = (session_id: string, pid: number): ManagerError =>
  new ManagerError(
    'wrong_state',
    `The session ${session_id} of this worker is open in another claude (process ${pid}), and two at once would split the conversation; end that one, then call resume_worker again.`,
  );

const neverHere = (worker_id: string): ManagerError =>
  new ManagerError(
    'wrong_state',
    `Worker ${worker_id} has its folder in the logs folder, and claude has no session of it here; start a new worker with spawn_worker.`,
  );

/** Ends the idle process of a worker; resolves once it has gone. */
async function endProcess(
  { workers, directory }: SessionServices,
  worker_id: string,
): Promise<void> {
  const actor = await directory.getOrAdopt(worker_id);
  // It may have ended by itself while its session was read.
  if (!actor.getSnapshot().context.process) return;
  let unsubscribe = () => {};
  let timer: NodeJS.Timeout | undefined;
  const gone = new Promise<void>((resolve, reject) => {
    unsubscribe = workers.onRecord(({ worker, event }) => {
      if (worker === worker_id && event.type === 'EXITED') resolve();
    });
    timer = setTimeout(() => reject(stillThere(worker_id)), patienceMs);
  });
  actor.send({ type: 'RELEASE' });
  await gone.finally(() => {
    unsubscribe();
    clearTimeout(timer);
  });
}

/** How long an idle `claude` may take to end. */
const patienceMs = 10_000;

const stillThere = (worker_id: string): ManagerError =>
  new ManagerError(
    'wrong_state',
    `The conversation of worker ${worker_id} was continued elsewhere, and its own process, which does not know that, has not ended within ${patienceMs / 1000} seconds; call stop_worker, then resume_worker again.`,
  );
