import { computed } from '@preact/signals';
import { stateAt } from '../model/lane.ts';
import { countSteps, foldSteps, routeAfter } from '../model/steps.ts';
import { now } from './clock.ts';
import { records } from './records.ts';
import { go, route } from './route.ts';
import { laneOf, stateChanges, workerOf } from './store.ts';

/** The number of the selected worker's steps up to the shown moment. */
export const position = computed(() => countSteps(records.value.steps, route.value.seq));

/** The shown moment of the past; undefined for now. */
export const moment = computed(() => {
  const { seq, time } = route.value;
  if (seq === undefined) return time;
  return records.value.steps[position.value - 1]?.record.t ?? now.peek();
});

/** The selected worker at the shown moment. */
export const selectedView = computed(() => {
  const { worker, seq } = route.value;
  if (worker === undefined) return undefined;
  if (seq === undefined) return workerOf(worker);
  return foldSteps(records.value.steps, position.value);
});

/** Returns the state of a worker at the shown moment; undefined before its first record. */
export function shownState(id: string): string | undefined {
  const time = moment.value;
  if (time === undefined) return workerOf(id)?.state;
  stateChanges.value;
  return stateAt(laneOf(id), time);
}

/** Moves the page `by` steps through the selected worker's past. */
export function stepBy(by: number): void {
  const next = routeAfter(route.peek(), records.peek().steps, by);
  if (next) go(next);
}
