import { reportsCut } from '../stream-json/conversation.ts';
import type { Json } from '../stream-json/message.ts';
import type { TurnEntry } from './turns.ts';

/** Counts, for each turn, the answers that were cut at the limit of output tokens. */
export interface CutCounter {
  /** Counts a message if it reports a cut; `end` is the offset behind its line. */
  count(message: Json, end: number): void;
  /** Adds a warning to each turn with a cut answer. */
  warn(): void;
}

export function createCutCounter(entries: TurnEntry[]): CutCounter {
  const cuts = new Map<TurnEntry, number>();
  return {
    count(message, end) {
      if (!reportsCut(message)) return;
      const entry = entries.findLast(({ startOffset }) => startOffset < end);
      if (entry) cuts.set(entry, (cuts.get(entry) ?? 0) + 1);
    },
    warn() {
      for (const [{ turn }, count] of cuts) {
        // The hint of a turn that failed because of a cut already names the option.
        if (turn.error_hint?.includes(option)) continue;
        turn.warning = [turn.warning, warningOf(count)].filter(Boolean).join(' ');
      }
    },
  };
}

const option = 'options.max_tokens';

/** Words the warning: `claude` does not run a cut tool call, and the turn can still complete. */
function warningOf(count: number): string {
  const answers = count === 1 ? '1 answer of this turn was' : `${count} answers of this turn were`;
  return `${answers} cut at the limit of output tokens; raise ${option}, or ask for smaller parts.`;
}
