/**
 * Returns a value that can be written as JSON with each half of a character replaced by U+FFFD, in
 * texts and in names at any depth. Programs of other languages refuse halves, or break on them.
 */
export function wellFormed<Value>(value: Value): Value {
  const json = JSON.stringify(value);
  if (json === undefined || !half.test(json)) return value;
  // Only texts and names change, so the value keeps its type.
  return JSON.parse(json.replaceAll(anyEscape, withoutHalf));
}

/** `JSON.stringify` escapes a half, and writes a whole character as it is. */
const half = /\\ud[89a-f]/;

/** Every escape, so that the two backslashes of an escaped one are read together. */
const anyEscape = /\\(?:ud[89a-f][\da-f]{2}|.)/g;

const withoutHalf = (found: string): string => (found.startsWith('\\ud') ? '\ufffd' : found);

/** Returns the place of the first text or name with the character NUL, or undefined. */
export function placeOfNul(value: unknown): string[] | undefined {
  if (typeof value === 'string') return value.includes('\0') ? [] : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, part] of Object.entries(value)) {
    if (name.includes('\0')) return [name];
    const place = placeOfNul(part);
    if (place) return [name, ...place];
  }
  return undefined;
}
