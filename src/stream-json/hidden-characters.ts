/**
 * Matches one character that does not show, or that moves or imitates others: controls, formats
 * (zero-width, bidirectional), odd spaces and line breaks, fillers, variation selectors and tags.
 */
export const hiddenCharacter =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]|\p{Default_Ignorable_Code_Point}|(?! )\p{Zs}/u;

/** Returns the number of a character in hexadecimal, with at least four digits. */
export function hexOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
}
