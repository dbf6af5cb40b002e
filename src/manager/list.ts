import { readHistoryOnly } from '../history/history-only.ts';
import { stateText } from '../journal/state-text.ts';
import { historyRow, type WorkerRow, workerRow } from './rows.ts';
import type { Services } from './services.ts';

export interface ListResult {
  workers: WorkerRow[];
  /** Why some workers of the logs folder could not be adopted. */
  note?: string;
}

/**
 * Lists the workers of which only the history file is here, then the workers of this server: first the
 * parked ones, then the live ones.
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
  const problems = [...adoption.problems.byWorker.values()];
  const isHere = (worker_id: string) =>
    workers.parked.has(worker_id) || workers.find(worker_id) !== undefined;
  // A server inside a worker knows no workers.
  const elsewhere =
    config.depth > 0
      ? []
      : await readHistoryOnly(config, isHere, (problem) => problems.push(problem));
  const fromHistory = elsewhere
    .filter((head) => isIn(head.status, status))
    .map((head) => historyRow(head, input));
  const note = problems.join(' ');
  return { workers: [...fromHistory, ...rows], ...(note === '' ? {} : { note }) };
}

const isIn = (state: string, status: string | undefined): boolean =>
  status === undefined || state === status || state.startsWith(`${status}.`);
