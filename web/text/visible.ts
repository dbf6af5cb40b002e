import { hexOf, hiddenCharacter } from '../../src/stream-json/hidden-characters.ts';

/** A run of plain text, or one character that is invisible or misleading. */
export type Segment = { text: string } | { hidden: string };

/** Splits a text into plain runs and hidden characters, which are shown as their numbers. */
export function segments(text: string): Segment[] {
  const found: Segment[] = [];
  let plain = '';
  for (const character of text) {
    if (character === '\n' || character === '\t' || !hiddenCharacter.test(character)) {
      plain += character;
      continue;
    }
    if (plain !== '') found.push({ text: plain });
    plain = '';
    found.push({ hidden: `U+${hexOf(character).toUpperCase()}` });
  }
  if (plain !== '') found.push({ text: plain });
  return found;
}
