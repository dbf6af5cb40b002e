import type { WorkerView } from '../../src/projection/contract.ts';
import { type Group, groupOf, groups } from './group.ts';

/** A row of the list of workers: the heading of a group, or a worker. */
export type ListRow = { group: Group; count: number } | { id: string };

/** A worker in the state in which the page shows it; undefined before it exists. */
export interface ShownWorker {
  id: string;
  state: string | undefined;
}

/** Groups the workers that exist at the shown moment, the newest first. */
export function groupWorkers(workers: readonly ShownWorker[]): Record<Group, string[]> {
  const found: Record<Group, string[]> = {
    needs: [],
    working: [],
    queued: [],
    failed: [],
    done: [],
  };
  for (const { id, state } of workers.toReversed()) {
    if (state !== undefined) found[groupOf(state)].push(id);
  }
  return found;
}

/** Counts the workers in each state. */
export function countStates(workers: readonly ShownWorker[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { state } of workers) {
    if (state !== undefined) counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

/** Lists each group that has a worker in it, under its heading. */
export function rowsOf(grouped: Record<Group, string[]>, isFound: (id: string) => boolean) {
  return groups.flatMap((group): ListRow[] => {
    const ids = grouped[group].filter(isFound);
    return ids.length === 0 ? [] : [{ group, count: ids.length }, ...ids.map((id) => ({ id }))];
  });
}

export const idsOf = (rows: readonly ListRow[]): string[] =>
  rows.flatMap((row) => ('id' in row ? [row.id] : []));

/** True if one of the worker's texts contains the query, in upper or lower case. */
export function matches(worker: WorkerView | undefined, query: string): boolean {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return true;
  if (!worker) return false;
  const { worker_id, description, state, agent_type, cwd } = worker;
  const texts = [worker_id, description, state, agent_type, cwd];
  return texts.some((text) => text?.toLowerCase().includes(wanted));
}

/** Returns the worker `by` rows away; from none, the first worker or the last. */
export function neighbourOf(
  ids: readonly string[],
  id: string | undefined,
  by: number,
): string | undefined {
  const here = id === undefined ? -1 : ids.indexOf(id);
  const next = here === -1 ? (by > 0 ? 0 : ids.length - 1) : here + by;
  return ids[Math.min(ids.length - 1, Math.max(0, next))];
}
