import type { TurnEntry } from './turns.ts';

/**
 * Adds a warning to a turn whose lines are no longer in stdout, as far as the journal knows them.
 * @param size The size of stdout, in bytes.
 */
export function warnOfLoss(
  { turn, resultOffset, endOffset, isCut }: TurnEntry,
  size: number,
  hasResult: boolean,
): void {
  const isResultLost = isCut
    ? turn.status === 'completed'
    : resultOffset !== undefined && !hasResult;
  if (!isResultLost && !isCut && endOffset <= size) return;
  const what = isResultLost ? 'The result and messages of this turn' : 'Messages of this turn';
  const warning = `${what} are missing here: another program emptied, replaced or removed stdout.ndjson.`;
  turn.warning = [turn.warning, warning].filter(Boolean).join(' ');
}
