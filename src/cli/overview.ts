import { stat } from 'node:fs/promises';
import { messageOf } from '../errors.ts';
import { workerPaths } from '../files/paths.ts';
import { unlessMissing } from '../files/private-files.ts';
import { readWorker, type StoredWorker, storedWorkers } from '../journal/load-worker.ts';
import { stateText } from '../journal/state-text.ts';
import { readLease } from '../leases/lease.ts';
import { isAlive } from '../processes/identity.ts';

/**
 * What a worker is at, as its files and its process tell. `interrupted?`: the records say that it is
 * at work, and its process is gone; a server has not recorded that yet, or there is none to do so.
 */
export type Standing = 'working' | 'queued' | 'asking' | 'completed' | 'failed' | 'interrupted?';

/** One worker at one moment. Times are milliseconds since 1970. */
export interface Sighting {
  worker_id: string;
  description: string;
  state: string;
  standing: Standing;
  /** Whether a living server sees to it; one that is settled needs none. */
  isTended: boolean;
  since: number;
  createdAt: number;
  cost_usd: number;
  lastLine: string;
}

type Known = Pick<StoredWorker, 'restored' | 'size'> & { createdAt: number };

/**
 * Looks at all workers of a logs folder, the oldest first, and again at each call. A journal that has
 * not grown is not read again. Nothing on disk is changed, and no server is needed.
 */
export function createLook(logsDir: string, warn: (message: string) => void) {
  const known = new Map<string, Known>();
  const read = async (worker_id: string) => {
    const before = known.get(worker_id);
    const { size } = (await unlessMissing(stat(workerPaths(logsDir, worker_id).journal))) ?? {};
    if (before && before.size === size) return before;
    const stored = await readWorker(logsDir, worker_id);
    if (!stored) return undefined;
    const { restored, records } = stored;
    const now = { restored, size: stored.size, createdAt: records[0]?.t ?? 0 };
    known.set(worker_id, now);
    return now;
  };
  return async (): Promise<Sighting[]> => {
    const seen: Sighting[] = [];
    for (const worker_id of await storedWorkers(logsDir)) {
      try {
        const worker = await read(worker_id);
        if (worker) seen.push(await sightingOf(logsDir, worker));
      } catch (error) {
        warn(`Worker ${worker_id} is not shown: ${messageOf(error)}`);
      }
    }
    return seen.sort((one, other) => one.createdAt - other.createdAt);
  };
}

async function sightingOf(logsDir: string, worker: Known): Promise<Sighting> {
  const { restored, createdAt } = worker;
  const { context, activity } = restored;
  const { worker_id, description } = context.spec;
  return {
    ...{ worker_id, description, createdAt },
    state: stateText(restored.value),
    ...(await standingOf(logsDir, restored)),
    since: activity.since,
    cost_usd: context.totals.cost_usd,
    lastLine: activity.lastLine,
  };
}

/** A worker's standing, which its records alone do not tell. */
export async function standingOf(
  logsDir: string,
  { value, context }: Pick<StoredWorker['restored'], 'value' | 'context'>,
): Promise<Pick<Sighting, 'standing' | 'isTended'>> {
  if (value === 'completed' || value === 'failed') return { standing: value, isTended: true };
  const { process, slot, spec } = context;
  const owner = await readLease(workerPaths(logsDir, spec.worker_id).lease);
  const isTended = owner !== undefined && (await isAlive(owner));
  if (slot !== 'held') return { standing: 'queued', isTended };
  // Without a process one is about to be started, if there is somebody to start it.
  const isThere = process ? await isAlive(process) : isTended;
  if (!isThere) return { standing: 'interrupted?', isTended };
  return { standing: value === 'awaiting_permission' ? 'asking' : 'working', isTended };
}

/** The state, unless the process that it needs is gone; and whether anybody sees to it. */
export function stateOf({
  state,
  standing,
  isTended,
}: Pick<Sighting, 'state' | 'standing' | 'isTended'>): string {
  const text = standing === 'interrupted?' ? standing : state;
  return isTended ? text : `${text}, no server`;
}
