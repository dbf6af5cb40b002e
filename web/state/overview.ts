import { computed, signal } from '@preact/signals';
import type { RequestView, WorkerView } from '../../src/projection/contract.ts';
import { type Group, groupOf, groups } from '../text/group.ts';
import { frames, workerIds, workerOf } from './store.ts';
import { shownState } from './travel.ts';

/** What the list of workers is narrowed to. */
export const search = signal('');

/** The workers by group, in the state in which they are shown, the newest first. */
export const grouped = computed(() => {
  const found: Record<Group, string[]> = {
    needs: [],
    working: [],
    queued: [],
    failed: [],
    done: [],
  };
  for (const id of workerIds.value.toReversed()) {
    const state = shownState(id);
    if (state !== undefined) found[groupOf(state)].push(id);
  }
  return found;
});

/** How many workers are in each state. */
export const stateCounts = computed(() => {
  const counts = new Map<string, number>();
  for (const id of workerIds.value) {
    const state = shownState(id);
    if (state !== undefined) counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
});

/** A row of the list of workers. */
export type ListRow = { group: Group; count: number } | { id: string };

/** The groups that have workers, each with those that the search finds. */
export const listRows = computed<ListRow[]>(() => {
  const query = search.value.trim().toLowerCase();
  return groups.flatMap((group): ListRow[] => {
    const ids = grouped.value[group].filter((id) => matches(id, query));
    return ids.length === 0 ? [] : [{ group, count: ids.length }, ...ids.map((id) => ({ id }))];
  });
});

function matches(id: string, query: string): boolean {
  if (query === '') return true;
  const worker = workerOf(id);
  if (!worker) return false;
  const texts = [id, worker.description, worker.state, worker.agent_type, worker.cwd];
  return texts.some((text) => text?.toLowerCase().includes(query));
}

/** A request that waits, and whose it is. */
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
  frames.value;
  const sum = { cost: 0, input: 0, output: 0 };
  for (const id of workerIds.value) {
    const { cost_usd = 0, tokens } = workerOf(id) ?? {};
    sum.cost += cost_usd;
    sum.input += tokens?.input ?? 0;
    sum.output += tokens?.output ?? 0;
  }
  return sum;
});
