import { stateText } from '../journal/state-text.ts';
import { type WorkerRow, workerRow } from './rows.ts';
import type { Services } from './services.ts';

export interface ListResult {
  workers: WorkerRow[];
  /** Why some workers of the logs folder could not be adopted. */
  note?: string;
}

/**
 * Lists the workers of this server: first the parked ones, then the live ones.
 * @param status A state, such as `spawning` or `spawning.queued`; all when left out.
 */
export async function listWorkers(services: Services, status?: string): Promise<ListResult> {
  const { workers, adoption, directory, config, now } = services;
  await directory.ready();
  const live = workers.actors().map((actor) => actor.getSnapshot());
  const input = { folders: config, now: now() };
  const rows = [...workers.parked.values(), ...live]
    .filter(({ value }) => isIn(stateText(value), status))
    .map((worker) => workerRow(worker, workers, input));
  const note = [...adoption.problems.byWorker.values()].join(' ');
  return { workers: rows, ...(note === '' ? {} : { note }) };
}

const isIn = (state: string, status: string | undefined): boolean =>
  status === undefined || state === status || state.startsWith(`${status}.`);
