import { findSession } from '../claude/session-file.ts';
import { ManagerError, messageOf, unknownWorker } from '../errors.ts';
import { eachOf } from '../files/concurrency.ts';
import { isNewEarlier } from '../files/earlier-workers.ts';
import { workerPaths } from '../files/paths.ts';
import { checkOwner, sweepTemporaries } from '../files/private-files.ts';
import { removeTornLine } from '../journal/journal.ts';
import {
  opensRequest,
  readWorker,
  rereadIfGrown,
  type StoredWorker,
  storedWorkers,
} from '../journal/load-worker.ts';
import { isDoneWith } from '../journal/restored-worker.ts';
import { createOwnLeases } from '../leases/own-leases.ts';
import { UnseenWorker, unseenWorker } from '../leases/unseen-worker.ts';
import { livenessOf } from '../processes/liveness.ts';
import { type ImportPlace, importable, makeFiles, makeWorkerFolder } from './import-worker.ts';
import { createProblems, type Problems } from './problems.ts';
import { createReaders, type Read, type Reader } from './readers.ts';
import { idOf, type WorkerActor } from './worker-actor.ts';
import type { Workers } from './workers.ts';

/** Adopts workers whose server has ended. */
export interface Adoption {
  /** Takes this server's lease on a worker that is about to be spawned or adopted. */
  claim(worker_id: string): Promise<void>;
  /** Adopts every worker of the logs folder that has no living owner and is not done with. */
  adoptAll(): Promise<void>;
  /**
   * Adopts one worker, in any state.
   * @throws ManagerError `unknown_worker`, or `foreign_worker` when another server owns it.
   */
  adopt(worker_id: string): Promise<void>;
  /**
   * Adopts the worker of the logs folder that asked for a permission, if there is one.
   * @throws ManagerError `foreign_worker` when another server owns it.
   */
  adoptAsker(request_id: string): Promise<void>;
  /** The reasons why workers of the logs folder could not be adopted. */
  readonly problems: Problems;
  /** What is not as the history files of imported workers say; see importable. */
  readonly importNotes: Map<string, string>;
  /** Drops the leases on workers, so that another server can adopt them. */
  release(worker_ids: string[]): Promise<void>;
}

export interface AdoptionDeps extends ImportPlace {
  workers: Workers;
  now(): number;
  warn(message: string): void;
  /** The file of a thread that reads workers; without it the main thread reads them all. */
  readingThread?: URL | undefined;
}

/** How many workers continue at once, until that is in their journals. */
const atOnce = 16;

export function createAdoption(deps: AdoptionDeps): Adoption {
  const { workers, folders, now, warn, readingThread } = deps;
  const inFlight = new Map<string, Promise<void>>();
  const problems = createProblems();
  const importNotes = new Map<string, string>();
  const { claim, drop } = createOwnLeases(folders, now);

  const adopt = (worker_id: string) => {
    const adopting = inFlight.get(worker_id) ?? adoptOne(worker_id);
    inFlight.set(worker_id, adopting);
    return adopting.finally(() => inFlight.delete(worker_id));
  };
  const adoptOne = async (worker_id: string) => {
    const stored = (await readOne(worker_id)) ?? (await importOne(worker_id));
    if (!stored) throw unknownWorker(worker_id);
    await restore(worker_id, await prepare(worker_id, stored).catch(explain(worker_id)));
  };
  const readOne = (worker_id: string) => readWorker(folders, worker_id).catch(explain(worker_id));
  /** Makes the files of a worker that is known from its history file only. */
  const importOne = async (worker_id: string) => {
    if (await isNewEarlier(folders, worker_id)) return readOne(worker_id);
    const worker = await importable(deps, worker_id);
    if (!worker) return undefined;
    await makeWorkerFolder(folders, worker_id);
    await claim(worker_id);
    // Another server may have imported the worker before this server had the lease.
    const stored = await readOne(worker_id);
    if (stored) return stored;
    await makeFiles(folders, worker).catch(async (error: unknown) => {
      await drop(worker_id);
      throw error;
    });
    if (worker.note !== undefined) importNotes.set(worker_id, worker.note);
    return readOne(worker_id);
  };
  /** Checks that `claude` knows a worker which would start by itself from a journal in the project. */
  const checkOrigin = async (worker_id: string, { restored }: StoredWorker) => {
    const { value, context } = restored;
    if (!folders.earlier.has(worker_id) || value === 'completed' || value === 'failed') return;
    if (await findSession(deps.env, context.session_id)) return;
    throw new Error(
      'its folder is in the logs folder, where a project from elsewhere can bring one, and claude has no session of it here; start it again with spawn_worker.',
    );
  };
  /** Takes the lease on a worker, and repairs what its last owner left incomplete. */
  const prepare = async (worker_id: string, stored: StoredWorker) => {
    await checkOrigin(worker_id, stored);
    await claim(worker_id);
    const latest = await rereadIfGrown(folders, worker_id, stored);
    const { folder, journal, stdin, givenUp } = workerPaths(folders, worker_id);
    const { process: claude } = latest.restored.context;
    if (claude && (await livenessOf(claude, { stdin, givenUp })) === 'unknown') {
      await drop(worker_id);
      throw await unseenWorker({ worker_id, folders, what: 'claude', unseen: claude });
    }
    if (latest.isTorn) await removeTornLine(journal);
    await sweepTemporaries(folder);
    return latest;
  };
  /** Starts the actor of a worker where its journal ends; resolves once ADOPT is in the journal. */
  const restore = async (worker_id: string, { restored, records }: StoredWorker) => {
    const actor = workers.restore(restored, records);
    const processSeen =
      restored.value === 'awaiting_permission' && untilProcessSeen(workers, actor);
    actor.send({ type: 'ADOPT', owner: `process ${process.pid}` });
    await workers.recorded(worker_id);
    await processSeen;
    problems.delete(worker_id);
  };

  /** Returns the workers of the logs folder that have no actor here. */
  const inactiveIds = async () =>
    (await storedWorkers(folders)).filter((worker_id) => !workers.find(worker_id));
  /** Does a step of an adoption; a failure is a problem of this worker alone. */
  const catchProblem = async (worker_id: string, act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      const isUnseen = error instanceof UnseenWorker;
      if (!isUnseen && error instanceof ManagerError && error.code === 'foreign_worker') return;
      const problem = isUnseen ? error.message : notAdopted(worker_id, error);
      problems.set(worker_id, problem);
      warn(problem);
    }
  };
  /** Reads every inactive worker and takes the lease on each one that is not done with. */
  const prepareAll = async (): Promise<StoredWorker[]> => {
    const prepared: StoredWorker[] = [];
    const prepareOne = (read: Read) => (worker_id: string) =>
      catchProblem(worker_id, async () => {
        const stored = await read(worker_id);
        if (!stored || isDoneWith(stored.restored)) await drop(worker_id);
        else prepared.push(await prepare(worker_id, stored));
      });
    const worker_ids = await inactiveIds();
    const { readers, end } = createReaders(folders, worker_ids.length, readingThread);
    // The readers share one iterator, so each id is read once.
    const left = worker_ids.values();
    const readAll = ({ read, atOnce }: Reader) => eachOf(left, atOnce, prepareOne(read));
    await Promise.all(readers.map(readAll)).finally(end);
    return prepared.sort(byTurn);
  };

  return {
    claim,
    problems,
    importNotes,
    async release(worker_ids) {
      await Promise.all(worker_ids.map((worker_id) => drop(worker_id).catch(() => {})));
    },
    adopt,
    async adoptAsker(request_id) {
      for (const worker_id of await inactiveIds()) {
        const stored = await readWorker(folders, worker_id).catch(() => undefined);
        if (stored?.records.some((record) => opensRequest(record, request_id)))
          return adopt(worker_id);
      }
    },
    async adoptAll() {
      await checkFolderOwner(folders.logsDir, 'AWM_LOGS_DIR');
      await checkFolderOwner(folders.stateDir, 'AWM_STATE_DIR');
      await sweepTemporaries(folders.logsDir);
      await eachOf(await prepareAll(), atOnce, (stored) =>
        catchProblem(ownId(stored), () => restore(ownId(stored), stored)),
      );
    },
  };
}

async function checkFolderOwner(folder: string, setting: string): Promise<void> {
  await checkOwner(folder).catch((error: unknown) => {
    throw new ManagerError('storage', `${messageOf(error)}; name another folder in ${setting}.`);
  });
}

const notAdopted = (worker_id: string, cause: unknown): string =>
  `Worker ${worker_id} was not taken over: ${messageOf(cause)}`;

/** Returns a function that throws an error with the name of its worker. */
const explain =
  (worker_id: string) =>
  (cause: unknown): never => {
    if (cause instanceof ManagerError) throw cause;
    throw new ManagerError('storage', notAdopted(worker_id, cause), { cause });
  };

const ownId = ({ restored }: StoredWorker): string => restored.context.spec.worker_id;

/** Sorts workers with a slot before workers that wait for one, and older before younger. */
function byTurn(one: StoredWorker, other: StoredWorker): number {
  const rank = ({ restored: { context } }: StoredWorker) => (context.slot === 'held' ? 0 : 1);
  const spawnedAt = ({ records }: StoredWorker) => records[0]?.t ?? 0;
  return rank(one) - rank(other) || spawnedAt(one) - spawnedAt(other);
}

/** The events that show whether an adopted process still waits for a permission. */
const processEvents = new Set(['ATTACHED', 'EXITED', 'STORAGE_FAILED']);

/** Resolves once it is known whether the process withdrew its request, or exited, meanwhile. */
function untilProcessSeen(workers: Workers, actor: WorkerActor): Promise<void> {
  const worker_id = idOf(actor);
  return new Promise((resolve) => {
    const finish = () => {
      subscription.unsubscribe();
      unsubscribe();
      resolve();
    };
    const subscription = actor.subscribe({ error: finish, complete: finish });
    const unsubscribe = workers.onRecord(({ worker, event }) => {
      if (worker === worker_id && processEvents.has(event.type)) finish();
    });
  });
}
