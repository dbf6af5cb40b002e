import { computed, effect, signal } from '@preact/signals';
import type { Step } from '../../src/projection/contract.ts';
import { joinSteps } from '../model/steps.ts';
import type { Source } from '../source/source.ts';
import { messageOf } from '../text/error.ts';
import { selectedId } from './route.ts';
import { epoch, onSteps } from './store.ts';

/** The steps of the selected worker, the oldest first. */
export interface Records {
  worker: string | undefined;
  steps: Step[];
  isLoading: boolean;
  error?: string;
}

export const records = signal<Records>({ worker: undefined, steps: [], isLoading: false });

/** The number of messages in the conversation: the transcript grows with it. */
export const messageCount = computed(
  () => records.value.steps.filter(({ record }) => record.offset !== undefined).length,
);

/** Loads the steps of the selected worker, and appends the steps of the stream. */
export function followRecords(source: Source): void {
  /** Steps of the stream that arrive while the records are loading. */
  let early: Step[] = [];
  onSteps((steps) => {
    const { worker, isLoading, steps: known } = records.peek();
    const own = steps.filter(({ record }) => record.worker === worker);
    if (own.length === 0) return;
    if (isLoading) early.push(...own);
    else records.value = { ...records.peek(), steps: joinSteps(known, own) };
  });
  effect(() => {
    const worker = selectedId.value;
    const count = epoch.value;
    early = [];
    if (worker === undefined || count === 0) return;
    const { worker: before, steps } = records.peek();
    records.value = { worker, steps: before === worker ? steps : [], isLoading: true };
    let isOver = false;
    source.records(worker).then(
      (loaded) => {
        if (isOver) return;
        records.value = { worker, steps: joinSteps(loaded, early), isLoading: false };
      },
      (error: unknown) => {
        if (isOver) return;
        records.value = { worker, steps: [], isLoading: false, error: messageOf(error) };
      },
    );
    return () => {
      isOver = true;
    };
  });
}
