import { computed, effect, signal } from '@preact/signals';
import type { TranscriptMessage } from '../../src/projection/contract.ts';
import { offsetAfter } from '../model/steps.ts';
import type { Source } from '../source/source.ts';
import { messageOf } from '../text/error.ts';
import { messageCount, records } from './records.ts';
import { isPast, selectedId } from './route.ts';
import { position } from './travel.ts';

/** True while the transcript is on the page; only then is it loaded. */
export const isTranscriptShown = signal(false);

const messages = signal<TranscriptMessage[]>([]);
export const transcriptError = signal('');

/** The messages up to the shown moment. */
export const shownMessages = computed(() => {
  if (!isPast.value) return messages.value;
  const end = offsetAfter(records.value.steps, position.value);
  return messages.value.filter(({ offset }) => offset <= end);
});

/** Loads the selected worker's messages, and the new messages when its records grow. */
export function followTranscript(source: Source): void {
  let worker: string | undefined;
  let next = 0;
  let isLoading = false;
  /** True if there may be more messages than the current load brings. */
  let isStale = false;

  const loadPart = async (own: string) => {
    const part = await source.transcript(own, next);
    if (own !== worker) {
      isStale = true;
      return;
    }
    const { messages: read } = part;
    // An earlier offset: the file was emptied or replaced, and is read from its beginning.
    const kept = read[0] && read[0].offset <= next ? [] : messages.peek();
    next = part.next;
    if (read.length > 0) messages.value = [...kept, ...read];
    if (!part.is_end) isStale = true;
    transcriptError.value = '';
  };
  const load = async () => {
    isStale = true;
    if (isLoading) return;
    isLoading = true;
    while (isStale && worker !== undefined) {
      isStale = false;
      await loadPart(worker).catch((error: unknown) => {
        transcriptError.value = messageOf(error);
      });
    }
    isLoading = false;
  };

  effect(() => {
    messageCount.value;
    if (!isTranscriptShown.value) return;
    if (worker !== selectedId.value) {
      worker = selectedId.value;
      next = 0;
      messages.value = [];
    }
    void load();
  });
}
