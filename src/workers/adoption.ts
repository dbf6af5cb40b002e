import { ManagerError, messageOf, unknownWorker } from '../errors.ts';
import { eachOf } from '../files/concurrency.ts';
import { workerPaths } from '../files/paths.ts';
import { checkOwner, sweepTemporaries } from '../files/private-files.ts';
import { mendJournal } from '../journal/journal.ts';
import {
  asks,
  readWorker,
  type StoredWorker,
  storedWorkers,
  withoutGap,
} from '../journal/load-worker.ts';
import { isDoneWith } from '../journal/restored-worker.ts';
import { createOwnLeases } from '../leases/own-leases.ts';
import { createReaders, type Read, type Reader } from './readers.ts';
import { idOf, type WorkerActor } from './worker-actor.ts';
import type { Fleet } from './workers.ts';

/** Takes workers over whose server is no more. */
export interface Adoption {
  /** This server's own lease on a worker that it is about to spawn, or that it takes over. */
  claim(worker_id: string): Promise<void>;
  /** Takes over every worker of the logs folder that has no living owner and is not done with. */
  adoptAll(): Promise<void>;
  /**
   * Takes over one worker, whatever its state.
   * @throws ManagerError `unknown_worker`, or `foreign_worker` when another server owns it.
   */
  adopt(worker_id: string): Promise<void>;
  /**
   * Takes over the worker that once asked for a permission, if one of the logs folder did.
   * @throws ManagerError `foreign_worker` when another server owns it.
   */
  adoptAsker(request_id: string): Promise<void>;
  /** Why workers of the logs folder could not be taken over, a sentence each, by their ids. */
  readonly troubles: ReadonlyMap<string, string>;
  /** Those that no earlier call of this gave. */
  newTroubles(): string[];
  /** Gives workers up, so that any other server can take them over. */
  release(worker_ids: string[]): Promise<void>;
}

export interface AdoptionDeps {
  fleet: Fleet;
  logsDir: string;
  now(): number;
  warn(message: string): void;
  /** What a thread runs that reads workers, where there are such threads. */
  readingThread?: URL | undefined;
}

export function createAdoption(deps: AdoptionDeps): Adoption {
  const { fleet, logsDir, now, warn, readingThread } = deps;
  const inFlight = new Map<string, Promise<void>>();
  const troubles = new Map<string, string>();
  const told = new Set<string>();
  const { claim, drop } = createOwnLeases(logsDir, now);

  /** Makes a worker ours, and its files fit to go on with. */
  const prepare = async (worker_id: string, stored: StoredWorker) => {
    await claim(worker_id);
    const ours = await withoutGap(logsDir, worker_id, stored);
    const { folder, journal } = workerPaths(logsDir, worker_id);
    if (ours.isTorn) await mendJournal(journal);
    await sweepTemporaries(folder);
    return ours;
  };

  const goOn = async (worker_id: string, { restored, records }: StoredWorker) => {
    const actor = fleet.restore(restored, records);
    const seen = restored.value === 'awaiting_permission' && untilSeen(fleet, actor);
    actor.send({ type: 'ADOPT', owner: `process ${process.pid}` });
    await fleet.recorded(worker_id);
    await seen;
    troubles.delete(worker_id);
  };

  /** The workers of the logs folder that are not live here. */
  const strangers = async () =>
    (await storedWorkers(logsDir)).filter((worker_id) => !fleet.worker(worker_id));

  const adopt = (worker_id: string) => {
    const adopting = inFlight.get(worker_id) ?? adoptOne(worker_id);
    inFlight.set(worker_id, adopting);
    return adopting.finally(() => inFlight.delete(worker_id));
  };

  const adoptOne = async (worker_id: string) => {
    const stored = await readWorker(logsDir, worker_id).catch((cause: unknown) => {
      if (cause instanceof ManagerError) throw cause;
      throw new ManagerError('storage', notTakenOver(worker_id, cause), { cause });
    });
    if (!stored) throw unknownWorker(worker_id);
    await goOn(worker_id, await prepare(worker_id, stored));
  };

  const orWarn = async (worker_id: string, act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      if (error instanceof ManagerError && error.code === 'foreign_worker') return;
      const trouble = notTakenOver(worker_id, error);
      troubles.set(worker_id, trouble);
      warn(trouble);
    }
  };

  return {
    claim,
    troubles,
    newTroubles() {
      const fresh = [...troubles.values()].filter((trouble) => !told.has(trouble));
      for (const trouble of fresh) told.add(trouble);
      return fresh;
    },
    async release(worker_ids) {
      await Promise.all(worker_ids.map((worker_id) => drop(worker_id).catch(() => {})));
    },
    adopt,
    async adoptAsker(request_id) {
      for (const worker_id of await strangers()) {
        const stored = await readWorker(logsDir, worker_id).catch(() => undefined);
        if (stored?.records.some((record) => asks(record, request_id))) return adopt(worker_id);
      }
    },
    async adoptAll() {
      await checkOwner(logsDir).catch((error: unknown) => {
        throw new ManagerError('storage', `${messageOf(error)}; name another one in AWM_LOGS_DIR.`);
      });
      await sweepTemporaries(logsDir);
      const ready: StoredWorker[] = [];
      const takeIn = (read: Read) => (worker_id: string) =>
        orWarn(worker_id, async () => {
          const stored = await read(worker_id);
          if (!stored || isDoneWith(stored.restored)) await drop(worker_id);
          else ready.push(await prepare(worker_id, stored));
        });
      const worker_ids = await strangers();
      const { readers, end } = createReaders(logsDir, worker_ids.length, readingThread);
      // Each reader takes the next that nobody has taken.
      const left = worker_ids.values();
      const takeAll = ({ read, atOnce }: Reader) => eachOf(left, atOnce, takeIn(read));
      await Promise.all(readers.map(takeAll)).finally(end);
      await eachOf(ready.sort(byTurn), atOnce, (stored) =>
        orWarn(ownId(stored), () => goOn(ownId(stored), stored)),
      );
    },
  };
}

/** How many workers go on at once, until that is in their journals. */
const atOnce = 16;

const notTakenOver = (worker_id: string, cause: unknown): string =>
  `Worker ${worker_id} was not taken over: ${messageOf(cause)}`;

const ownId = ({ restored }: StoredWorker): string => restored.context.spec.worker_id;

/** Who holds a slot comes before who waits for one, and then the older before the younger. */
function byTurn(one: StoredWorker, other: StoredWorker): number {
  const rank = ({ restored: { context } }: StoredWorker) => (context.slot === 'held' ? 0 : 1);
  const birth = ({ records }: StoredWorker) => records[0]?.t ?? 0;
  return rank(one) - rank(other) || birth(one) - birth(other);
}

const sightings = new Set(['ATTACHED', 'EXITED', 'STORAGE_FAILED']);

/** A question may have been taken back or have died with its process: resolves once that is known. */
function untilSeen(fleet: Fleet, actor: WorkerActor): Promise<void> {
  const worker_id = idOf(actor);
  return new Promise((resolve) => {
    const finish = () => {
      ending.unsubscribe();
      stop();
      resolve();
    };
    const ending = actor.subscribe({ error: finish, complete: finish });
    const stop = fleet.onRecord(({ worker, event }) => {
      if (worker === worker_id && sightings.has(event.type)) finish();
    });
  });
}
