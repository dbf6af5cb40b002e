import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { type Folders, workerPaths } from '../files/paths.ts';
import { unlessMissing } from '../files/private-files.ts';
import { storedWorkers } from '../journal/load-worker.ts';
import { readLease } from '../leases/lease.ts';
import { livenessOf } from '../processes/liveness.ts';
import type { WorkerView } from '../projection/contract.ts';
import type { Fold } from '../projection/fold.ts';
import { createRing, type Ring } from '../projection/ring.ts';
import type { Workers } from '../workers/workers.ts';
import { createLiveFolds, type LiveFolds } from './live-folds.ts';

export interface LiveWorkersDeps {
  workers: Workers;
  folders: Folders;
  onChange(): void;
  warn(message: string): void;
}

/** Every worker of the logs folder as its records describe it, kept up to date. */
export interface LiveWorkers {
  readonly ring: Ring;
  /** Returns each worker with the owner that it has now. */
  folds(): Fold[];
  /** Reads what is new of the workers of other servers: this server records only its own. */
  refresh(): Promise<void>;
  stop(): void;
}

/** The time between two looks at the workers of other servers, in milliseconds. */
const refreshMs = 2_000;

/** Reads all workers of the logs folder, then follows them. */
export async function followWorkers(deps: LiveWorkersDeps): Promise<LiveWorkers> {
  const { workers, folders, onChange, warn } = deps;
  const ring = createRing(randomUUID());
  let isComplete = false;
  const folds = createLiveFolds({
    ...{ folders, warn },
    recorded: async (worker_id) => {
      if (workers.find(worker_id)) await workers.recorded(worker_id).catch(() => {});
    },
    onStep(step) {
      if (!isComplete) return;
      ring.push(step);
      onChange();
    },
  });
  const refresh = createRefresh(workers, folders, folds);

  const unsubscribe = workers.onRecord(folds.add);
  try {
    await refresh();
  } catch (error) {
    unsubscribe();
    throw error;
  }
  isComplete = true;
  const timer = setInterval(() => void refresh().catch(() => {}), refreshMs).unref();
  return {
    ...{ ring, refresh, folds: folds.list },
    stop() {
      clearInterval(timer);
      unsubscribe();
    },
  };
}

/** Returns a function that reads what has changed in the logs folder; calls at one time share a read. */
function createRefresh(workers: Workers, folders: Folders, folds: LiveFolds): () => Promise<void> {
  const sizes = new Map<string, number>();
  let current: Promise<void> | undefined;
  const isOurs = (worker_id: string) =>
    workers.find(worker_id) !== undefined || workers.parked.has(worker_id);

  const refreshWorker = async (worker_id: string) => {
    const paths = workerPaths(folders, worker_id);
    folds.setOwner(worker_id, isOurs(worker_id) ? 'ours' : await ownerOf(paths.lease));
    const { size = 0 } = (await unlessMissing(stat(paths.journal))) ?? {};
    if (isOurs(worker_id) && folds.has(worker_id)) return;
    if (sizes.get(worker_id) === size) return;
    sizes.set(worker_id, size);
    await folds.readOn(worker_id);
  };
  const refreshAll = async () => {
    for (const worker_id of await storedWorkers(folders)) await refreshWorker(worker_id);
  };
  return () => {
    current ??= refreshAll().finally(() => {
      current = undefined;
    });
    return current;
  };
}

/** Returns `foreign` unless the server that had the worker is known to be gone. */
async function ownerOf(lease: string): Promise<WorkerView['owner']> {
  const owner = await readLease(lease);
  return owner && (await livenessOf(owner)) !== 'gone' ? 'foreign' : 'none';
}
