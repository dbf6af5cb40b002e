/** A run of plain text, or one character that would not show or would mislead. */
export type Segment = { text: string } | { hidden: string };

/**
 * Controls (tab and newline are shown as they are), formats (zero-width, bidi), odd spaces and line
 * breaks, fillers, variation selectors, tags: all that is invisible or moves other characters.
 */
const misleading =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]|\p{Default_Ignorable_Code_Point}|(?! )\p{Zs}/u;

/** Splits a text so that every character that hides can be shown by its number. */
export function segments(text: string): Segment[] {
  const found: Segment[] = [];
  let plain = '';
  for (const character of text) {
    if (character === '\n' || character === '\t' || !misleading.test(character)) {
      plain += character;
      continue;
    }
    if (plain !== '') found.push({ text: plain });
    plain = '';
    found.push({ hidden: codeName(character) });
  }
  if (plain !== '') found.push({ text: plain });
  return found;
}

function codeName(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
