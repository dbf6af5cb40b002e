import { stat } from 'node:fs/promises';
import { messageOf } from '../errors.ts';
import { type Folders, workerPaths } from '../files/paths.ts';
import { unlessMissing } from '../files/private-files.ts';
import type { HistoryHead } from '../history/history-file.ts';
import { readHistoryOnly } from '../history/history-only.ts';
import { readWorker, type StoredWorker, storedWorkers } from '../journal/load-worker.ts';
import { stateText } from '../journal/state-text.ts';
import { readLease } from '../leases/lease.ts';
import { livenessOf } from '../processes/liveness.ts';

/**
 * The status of a worker, by its files and its process. `interrupted?`: the records say that it works,
 * and its process is gone. No server has recorded that yet.
 */
export type Status = 'working' | 'queued' | 'asking' | 'completed' | 'failed' | 'interrupted?';

/** A worker at one moment. Times are milliseconds since 1970. */
export interface WorkerStatus {
  worker_id: string;
  description: string;
  state: string;
  status: Status;
  /** True while a server owns the worker that is not known to be gone, and when it is settled and needs no server. */
  hasServer: boolean;
  /** True when it is not known from here whether that server lives. */
  isUnseen?: true;
  since: number;
  createdAt: number;
  cost_usd: number;
  lastLine: string;
}

type Known = Pick<StoredWorker, 'restored' | 'size'> & { createdAt: number };

/**
 * Returns a function that reads all workers of a logs folder, the oldest first. It reads a journal
 * again only after the journal has grown. It changes nothing on disk and needs no server.
 */
export function createOverview(folders: Folders, warn: (message: string) => void) {
  const known = new Map<string, Known>();
  const read = async (worker_id: string) => {
    const before = known.get(worker_id);
    const { size } = (await unlessMissing(stat(workerPaths(folders, worker_id).journal))) ?? {};
    if (before && before.size === size) return before;
    const stored = await readWorker(folders, worker_id);
    if (!stored) return undefined;
    const { restored, records } = stored;
    const now = { restored, size: stored.size, createdAt: records[0]?.t ?? 0 };
    known.set(worker_id, now);
    return now;
  };
  return async (): Promise<WorkerStatus[]> => {
    const workers: WorkerStatus[] = [];
    for (const worker_id of await storedWorkers(folders)) {
      try {
        const worker = await read(worker_id);
        if (worker) workers.push(await describe(folders, worker));
      } catch (error) {
        warn(`Worker ${worker_id} is not shown: ${messageOf(error)}`);
      }
    }
    for (const head of await readHistoryOnly(folders, () => false, warn)) {
      workers.push(statusFrom(head));
    }
    return workers.sort((one, other) => one.createdAt - other.createdAt);
  };
}

/** Returns the status of a worker of which only the history file is here. */
function statusFrom(head: HistoryHead): WorkerStatus {
  const { worker_id, description, status, total_cost_usd: cost_usd } = head;
  return {
    ...{ worker_id, description, state: status, status, hasServer: true, cost_usd },
    since: Date.parse(head.updated_at),
    createdAt: Date.parse(head.created_at),
    lastLine: 'only its history file is here',
  };
}

async function describe(folders: Folders, worker: Known): Promise<WorkerStatus> {
  const { restored, createdAt } = worker;
  const { context, activity } = restored;
  const { worker_id, description } = context.spec;
  return {
    ...{ worker_id, description, createdAt },
    state: stateText(restored.value),
    ...(await readStatus(folders, restored)),
    since: activity.since,
    cost_usd: context.totals.cost_usd,
    lastLine: activity.lastLine,
  };
}

/** Reads the status of a worker from its lease and its process, which its records do not tell. */
export async function readStatus(
  folders: Folders,
  { value, context }: Pick<StoredWorker['restored'], 'value' | 'context'>,
): Promise<Pick<WorkerStatus, 'status' | 'hasServer' | 'isUnseen'>> {
  if (value === 'completed' || value === 'failed') return { status: value, hasServer: true };
  const { process, slot, spec } = context;
  const { lease, stdin, givenUp } = workerPaths(folders, spec.worker_id);
  const owner = await readLease(lease);
  // A server or process that cannot be seen from here is not called gone.
  const liveness = owner ? await livenessOf(owner, { givenUp }) : 'gone';
  const server = {
    hasServer: liveness !== 'gone',
    ...(liveness === 'unknown' ? { isUnseen: true as const } : {}),
  };
  if (slot !== 'held') return { status: 'queued', ...server };
  // A worker with a slot and without a process gets one soon, if a server is there to start it.
  const isAtWork = process
    ? (await livenessOf(process, { stdin, givenUp })) !== 'gone'
    : server.hasServer;
  if (!isAtWork) return { status: 'interrupted?', ...server };
  return { status: context.requests.length > 0 ? 'asking' : 'working', ...server };
}

/** Returns the state, or `interrupted?` when its process is gone, and says when no server is there, or when it cannot be seen. */
export function stateOf({
  state,
  status,
  hasServer,
  isUnseen,
}: Pick<WorkerStatus, 'state' | 'status' | 'hasServer' | 'isUnseen'>): string {
  const text = status === 'interrupted?' ? status : state;
  if (isUnseen) return `${text}, server elsewhere`;
  return hasServer ? text : `${text}, no server`;
}
