import { computed, signal } from '@preact/signals';
import type { RequestView, WorkerView } from '../../src/projection/contract.ts';
import {
  countStates,
  groupWorkers,
  idsOf,
  matches,
  neighbourOf,
  rowsOf,
  type ShownWorker,
} from '../model/list.ts';
import { workerIds, workerOf } from './store.ts';
import { shownState } from './travel.ts';

/** The text that the listed workers contain. */
export const search = signal('');

/** Every worker in the state in which the page shows it, the oldest first. */
const shownWorkers = computed(() =>
  workerIds.value.map((id): ShownWorker => ({ id, state: shownState(id) })),
);

/** The workers by group, the newest first. */
export const grouped = computed(() => groupWorkers(shownWorkers.value));

/** The number of workers in each state. */
export const stateCounts = computed(() => countStates(shownWorkers.value));

/** The rows of the list of workers that the search finds. */
export const listRows = computed(() =>
  rowsOf(grouped.value, (id) => search.value.trim() === '' || matches(workerOf(id), search.value)),
);

/** The workers in the list, in its order. */
export const listedIds = computed(() => idsOf(listRows.value));

/** Returns the worker `by` rows away in the list. */
export const listNeighbour = (id: string | undefined, by: number): string | undefined =>
  neighbourOf(listedIds.peek(), id, by);

/** A request that waits for an answer, with its worker. */
export interface OpenRequest {
  request: RequestView;
  worker: WorkerView;
}

/** Every open request, the oldest first. */
export const openRequests = computed<OpenRequest[]>(() =>
  workerIds.value
    .flatMap((id) => {
      const worker = workerOf(id);
      return worker ? worker.requests.map((request) => ({ request, worker })) : [];
    })
    .toSorted((a, b) => a.request.asked_at - b.request.asked_at),
);

/** Cost and tokens of all workers. */
export const totals = computed(() => {
  const sum = { cost: 0, input: 0, output: 0 };
  for (const id of workerIds.value) {
    const { cost_usd = 0, tokens } = workerOf(id) ?? {};
    sum.cost += cost_usd;
    sum.input += tokens?.input ?? 0;
    sum.output += tokens?.output ?? 0;
  }
  return sum;
});
