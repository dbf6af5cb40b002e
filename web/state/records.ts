import { computed, effect, signal } from '@preact/signals';
import type { Step } from '../../src/projection/contract.ts';
import type { Source } from '../source/source.ts';
import { selectedId } from './route.ts';
import { epoch, onSteps } from './store.ts';

/** The steps of the selected worker, oldest first. */
export interface Records {
  worker: string | undefined;
  steps: Step[];
  isLoading: boolean;
  error?: string;
}

export const records = signal<Records>({ worker: undefined, steps: [], isLoading: false });

/** The last step that changed the state, up to where the page stands. */
export const lastMove = (steps: readonly Step[], end: number): Step | undefined =>
  steps.findLast(({ record }, index) => index < end && record.edges && record.from !== record.to);

/** The transcript grows with these. */
export const messagesSeen = computed(
  () => records.value.steps.filter(({ record }) => record.offset !== undefined).length,
);

/** Loads the steps of whichever worker is selected, and goes on with those that come. */
export function followRecords(source: Source): void {
  let ahead: Step[] = [];
  onSteps((steps) => {
    const { worker, isLoading, steps: known } = records.peek();
    const own = steps.filter(({ record }) => record.worker === worker);
    if (own.length === 0) return;
    if (isLoading) ahead.push(...own);
    else records.value = { ...records.peek(), steps: joined(known, own) };
  });
  effect(() => {
    const worker = selectedId.value;
    epoch.value;
    ahead = [];
    if (worker === undefined || epoch.peek() === 0) return;
    const before = records.peek();
    records.value = {
      worker,
      steps: before.worker === worker ? before.steps : [],
      isLoading: true,
    };
    let isOver = false;
    source.records(worker).then(
      (steps) => {
        if (isOver) return;
        records.value = { worker, steps: joined(steps, ahead), isLoading: false };
      },
      (error: unknown) => {
        if (isOver) return;
        const text = error instanceof Error ? error.message : String(error);
        records.value = { worker, steps: [], isLoading: false, error: text };
      },
    );
    return () => {
      isOver = true;
    };
  });
}

/** What came twice, from the answer and from the stream, is there once. */
function joined(known: Step[], more: Step[]): Step[] {
  const last = known.at(-1)?.record.seq ?? 0;
  return [...known, ...more.filter(({ record }) => record.seq > last)];
}
