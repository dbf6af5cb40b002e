import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { messageOf } from '../errors.ts';
import { workerPaths } from '../files/paths.ts';
import { checkFolder, unlessMissing } from '../files/private-files.ts';
import { type JournalRecord, readJournal } from '../journal/journal.ts';
import { storedWorkers } from '../journal/load-worker.ts';
import { readLease } from '../leases/lease.ts';
import { isAlive } from '../processes/identity.ts';
import type { WorkerView } from '../projection/contract.ts';
import { type Fold, nextFold } from '../projection/fold.ts';
import { createRing, type Ring } from '../projection/ring.ts';
import type { Workers } from '../workers/workers.ts';

export interface LiveWorkersDeps {
  workers: Workers;
  logsDir: string;
  onChange(): void;
  warn(message: string): void;
}

/** Every worker of the logs folder as its records tell it, kept up to date. */
export interface Projection {
  readonly ring: Ring;
  /** With the owner that each worker has now. */
  folds(): Fold[];
  /** Looks after the workers of others, whose records nobody hands us. */
  refresh(): Promise<void>;
  stop(): void;
}

/** How often the workers of others are looked after. */
const refreshMs = 2_000;

/** Reads what there is, then goes on with what the workers records. */
export async function project({ workers, logsDir, onChange, warn }: LiveWorkersDeps) {
  const folds = new Map<string, Fold>();
  const owners = new Map<string, WorkerView['owner']>();
  const sizes = new Map<string, number>();
  /** The highest number seen of each worker's records; the folds go up to it. */
  const newest = new Map<string, number>();
  const reading = new Map<string, Promise<void>>();
  const ring = createRing(randomUUID());
  let isComplete = false;

  const seqOf = (worker_id: string) => folds.get(worker_id)?.activity.seq ?? 0;
  const isOurs = (worker_id: string) =>
    workers.find(worker_id) !== undefined || workers.parked.has(worker_id);

  const apply = (worker_id: string, record: JournalRecord) => {
    if (record.seq !== seqOf(worker_id) + 1) return;
    const owner = owners.get(worker_id) ?? 'none';
    const { fold, step } = nextFold(folds.get(worker_id), record, owner);
    folds.set(worker_id, fold);
    if (!isComplete) return;
    ring.push(step);
    onChange();
  };
  const readOn = async (worker_id: string) => {
    const { folder, journal } = workerPaths(logsDir, worker_id);
    await checkFolder(folder);
    for (let before = -1; before < seqOf(worker_id); ) {
      before = seqOf(worker_id);
      if (workers.find(worker_id)) await workers.recorded(worker_id).catch(() => {});
      for (const record of await readJournal(journal)) apply(worker_id, record);
      if (seqOf(worker_id) >= (newest.get(worker_id) ?? 0)) return;
    }
  };
  const catchUp = (worker_id: string) => {
    const current = reading.get(worker_id);
    if (current) return current;
    const next = readOn(worker_id)
      .catch((error: unknown) => warn(`Worker ${worker_id} is not shown: ${messageOf(error)}`))
      .finally(() => reading.delete(worker_id));
    reading.set(worker_id, next);
    return next;
  };
  const take = (record: JournalRecord) => {
    owners.set(record.worker, 'ours');
    newest.set(record.worker, record.seq);
    apply(record.worker, record);
    if (seqOf(record.worker) < record.seq) void catchUp(record.worker);
  };
  const lookAfter = async (worker_id: string) => {
    const paths = workerPaths(logsDir, worker_id);
    owners.set(worker_id, isOurs(worker_id) ? 'ours' : await ownerOf(paths.lease));
    const { size = 0 } = (await unlessMissing(stat(paths.journal))) ?? {};
    if (isOurs(worker_id) && folds.has(worker_id)) return;
    if (sizes.get(worker_id) === size) return;
    sizes.set(worker_id, size);
    await catchUp(worker_id);
  };
  let refreshing: Promise<void> | undefined;
  const lookAfterAll = async () => {
    for (const worker_id of await storedWorkers(logsDir)) await lookAfter(worker_id);
  };
  const refresh = () => {
    refreshing ??= lookAfterAll().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };

  const stopListening = workers.onRecord(take);
  try {
    await refresh();
  } catch (error) {
    stopListening();
    throw error;
  }
  isComplete = true;
  const poll = setInterval(() => void refresh().catch(() => {}), refreshMs).unref();
  return {
    ring,
    refresh,
    folds: () =>
      [...folds].map(([worker_id, fold]) => {
        const owner = owners.get(worker_id) ?? 'none';
        return { ...fold, view: { ...fold.view, owner } };
      }),
    stop() {
      clearInterval(poll);
      stopListening();
    },
  } satisfies Projection;
}

/** Whether another living server has the worker. */
async function ownerOf(lease: string): Promise<WorkerView['owner']> {
  const owner = await readLease(lease);
  return owner && (await isAlive(owner)) ? 'foreign' : 'none';
}
