import { stateText } from '../journal/state-text.ts';
import type { Fleet } from '../workers/workers.ts';
import { type WorkerRow, workerRow } from './rows.ts';

export interface ListInput {
  /** A state, such as `spawning` or `spawning.queued`; all when left out. */
  status?: string | undefined;
  logsDir: string;
  /** Milliseconds since 1970. */
  now: number;
}

/** A row for each worker of this server: first those that are done with, then those that live. */
export function listWorkers(fleet: Fleet, { status, logsDir, now }: ListInput): WorkerRow[] {
  const live = fleet.liveWorkers().map((actor) => actor.getSnapshot());
  return [...fleet.parked.values(), ...live]
    .filter(({ value }) => isIn(stateText(value), status))
    .map((worker) => workerRow(worker, fleet, { logsDir, now }));
}

const isIn = (state: string, status: string | undefined): boolean =>
  status === undefined || state === status || state.startsWith(`${status}.`);
