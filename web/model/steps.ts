import type { Step, WorkerView } from '../../src/projection/contract.ts';
import { presentOf, type Route } from './route.ts';

/**
 * Merges a step into the view of its worker. Returns `known` for a step that the view already
 * includes, and `gap` when a step is missing before it.
 */
export function mergeStep(
  view: WorkerView | undefined,
  { record, patch }: Step,
): WorkerView | 'known' | 'gap' {
  const seq = view?.seq ?? 0;
  if (record.seq <= seq) return 'known';
  if (record.seq > seq + 1) return 'gap';
  // The first step of a worker carries the whole view.
  return { ...view, ...patch } as WorkerView;
}

/** Returns the view of a worker after its first `count` steps; undefined before the first. */
export function foldSteps(steps: readonly Step[], count: number): WorkerView | undefined {
  if (count <= 0 || steps.length === 0) return undefined;
  // The first step carries the whole view.
  return Object.assign({}, ...steps.slice(0, count).map(({ patch }) => patch)) as WorkerView;
}

/** Appends the steps that are not yet known: a response and the stream may bring the same step. */
export function joinSteps(known: Step[], more: Step[]): Step[] {
  const last = known.at(-1)?.record.seq ?? 0;
  return [...known, ...more.filter(({ record }) => record.seq > last)];
}

/** Counts the steps up to the record with this number; all steps for undefined. */
export function countSteps(steps: readonly Step[], seq: number | undefined): number {
  return seq === undefined ? steps.length : steps.filter(({ record }) => record.seq <= seq).length;
}

/** Returns the last of the first `count` steps that took a transition to another state. */
export const lastMove = (steps: readonly Step[], count: number): Step | undefined =>
  steps.findLast(({ record }, index) => index < count && record.edges && record.from !== record.to);

/** Returns where the conversation stood in stdout after the first `count` steps. */
export const offsetAfter = (steps: readonly Step[], count: number): number =>
  steps.slice(0, count).findLast(({ record }) => record.offset !== undefined)?.record.offset ?? 0;

/**
 * Returns the route `by` steps away. Back from now begins at the last record but one; past the last
 * record lies the present. Undefined where there is nothing to step through.
 */
export function routeAfter(route: Route, steps: readonly Step[], by: number): Route | undefined {
  const { worker, seq } = route;
  if (worker === undefined || steps.length === 0) return undefined;
  const target = Math.max(1, countSteps(steps, seq) + by);
  const isPresent = target > steps.length || (seq === undefined && by > 0);
  const record = isPresent ? undefined : steps[target - 1]?.record;
  return record ? { worker, seq: record.seq } : presentOf(route);
}
