import { computed } from '@preact/signals';
import type { LaneMark, Step, WorkerView } from '../../src/projection/contract.ts';
import { now } from './clock.ts';
import { records } from './records.ts';
import { go, route } from './route.ts';
import { laneOf, stateChanges, workerOf } from './store.ts';

/** How many of the selected worker's steps have happened at the moment that is shown. */
export const position = computed(() => {
  const { seq } = route.value;
  const { steps } = records.value;
  return seq === undefined ? steps.length : steps.filter(({ record }) => record.seq <= seq).length;
});

/** The moment of the past that is shown; undefined for now. */
export const moment = computed(() => {
  const { seq, time } = route.value;
  if (seq === undefined) return time;
  return records.value.steps[position.value - 1]?.record.t ?? now.peek();
});

export const isPast = computed(
  () => route.value.seq !== undefined || route.value.time !== undefined,
);

/** The selected worker as it was after so many steps. */
export function foldSteps(steps: readonly Step[], count: number): WorkerView | undefined {
  if (count === 0) return undefined;
  // The first step carries the whole view.
  return Object.assign({}, ...steps.slice(0, count).map(({ patch }) => patch)) as WorkerView;
}

/** The selected worker at the moment that is shown. */
export const selectedView = computed(() => {
  const { worker, seq } = route.value;
  if (worker === undefined) return undefined;
  if (seq === undefined) return workerOf(worker);
  return foldSteps(records.value.steps, position.value) ?? undefined;
});

/** A worker's state at a time; undefined when it was not there yet. */
export function stateAt(lane: readonly LaneMark[], time: number): string | undefined {
  let [low, high] = [0, lane.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lane[middle]?.[0] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return lane[low - 1]?.[1];
}

/** The state in which a worker is shown: of now, or of the moment of the past. */
export function shownState(id: string): string | undefined {
  const time = moment.value;
  if (time === undefined) return workerOf(id)?.state;
  stateChanges.value;
  return stateAt(laneOf(id), time);
}

/** Steps through the selected worker's past; from now, back begins at the last record. */
export function stepBy(count: number): void {
  const { worker, seq } = route.peek();
  const { steps } = records.peek();
  if (worker === undefined || steps.length === 0) return;
  const target = Math.max(1, position.peek() + count);
  const isBeyond = target > steps.length || (seq === undefined && count > 0);
  const record = isBeyond ? undefined : steps[target - 1]?.record;
  if (record) go({ worker, seq: record.seq });
  else backToNow();
}

export function backToNow(): void {
  const { worker } = route.peek();
  go(worker === undefined ? {} : { worker });
}
