import { computed, effect, signal } from '@preact/signals';
import type { TranscriptMessage } from '../../src/projection/contract.ts';
import type { Source } from '../source/source.ts';
import { messagesSeen, records } from './records.ts';
import { selectedId } from './route.ts';
import { isPast, position } from './travel.ts';

/** Whether somebody looks at the transcript; it is fetched for nobody else. */
export const isTranscriptShown = signal(false);

const messages = signal<TranscriptMessage[]>([]);
export const transcriptError = signal('');

/** The messages up to the moment that is shown. */
export const shownMessages = computed(() => {
  if (!isPast.value) return messages.value;
  const { steps } = records.value;
  const end = steps.slice(0, position.value).findLast(({ record }) => record.offset !== undefined);
  return messages.value.filter(({ offset }) => offset <= (end?.record.offset ?? 0));
});

/** Fetches the selected worker's messages, and what is new when its records grow. */
export function followTranscript(source: Source): void {
  let worker: string | undefined;
  let next = 0;
  let isFetching = false;
  let isStale = false;

  const fetchAll = async () => {
    isStale = true;
    if (isFetching) return;
    isFetching = true;
    while (isStale && worker !== undefined) {
      isStale = false;
      const own = worker;
      try {
        const answer = await source.transcript(own, next);
        if (own !== worker) {
          isStale = true;
          continue;
        }
        next = answer.next;
        if (answer.messages.length > 0) messages.value = [...messages.peek(), ...answer.messages];
        if (!answer.is_end) isStale = true;
        transcriptError.value = '';
      } catch (error) {
        transcriptError.value = error instanceof Error ? error.message : String(error);
      }
    }
    isFetching = false;
  };

  effect(() => {
    messagesSeen.value;
    if (!isTranscriptShown.value) return;
    if (worker !== selectedId.value) {
      worker = selectedId.value;
      next = 0;
      messages.value = [];
    }
    void fetchAll();
  });
}
