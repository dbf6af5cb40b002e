import { tellsOfCut } from '../stream-json/conversation.ts';
import type { Json } from '../stream-json/message.ts';
import type { TurnEntry } from './turns.ts';

/** Counts the answers of each turn that were cut at the limit of output tokens. */
export interface CutCount {
  /** Takes a message; `end` is the offset behind its line. */
  note(message: Json, end: number): void;
  /** Puts a warning into each turn in which there were some. */
  warn(): void;
}

export function createCutCount(entries: TurnEntry[]): CutCount {
  const cuts = new Map<TurnEntry, number>();
  return {
    note(message, end) {
      if (!tellsOfCut(message)) return;
      const entry = entries.findLast(({ startOffset }) => startOffset < end);
      if (entry) cuts.set(entry, (cuts.get(entry) ?? 0) + 1);
    },
    warn() {
      for (const [{ turn }, count] of cuts) {
        // The hint of a turn that failed for this reason says it already.
        if (!turn.error_hint?.includes(option)) turn.warning = warningOf(count);
      }
    },
  };
}

const option = 'options.max_tokens';

/** A tool call that was cut does not run, and the turn can still end with an answer. */
function warningOf(count: number): string {
  const answers = count === 1 ? '1 answer of this turn was' : `${count} answers of this turn were`;
  return `${answers} cut at the limit of output tokens; raise ${option}, or ask for smaller parts.`;
}
