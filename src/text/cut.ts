/**
 * Returns at most `length` characters from the beginning of a text. It never splits a character, or an
 * escape such as `\u001b` or `\n`: then the result is shorter.
 */
export function beginningOf(text: string, length: number): string {
  if (text.length <= length) return text;
  return text.slice(0, wholeEnd(text, Math.max(0, length)));
}

/** Returns at most `length` characters from the end of a text, and splits as little as `beginningOf`. */
export function endOf(text: string, length: number): string {
  if (text.length <= length) return text;
  const start = text.length - Math.max(0, length);
  return text.slice(unitAround(text, start)?.to ?? start);
}

/** Returns the beginning of a text with "…" behind it when something is missing. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${beginningOf(text, length)}…`;
}

/** Returns the last place up to `end` at which a cut splits nothing. */
export function wholeEnd(text: string, end: number): number {
  return unitAround(text, end)?.from ?? end;
}

/** A part of a text that a cut must not split. */
interface Unit {
  from: number;
  to: number;
}

/** An escape with the number of a character, or with the two numbers of one character. */
const numberEscape = /\\u(?:\{[\da-f]{1,6}\}|d[89ab][\da-f]{2}\\ud[c-f][\da-f]{2}|[\da-f]{4})/iy;

/** The length of the longest such escape. */
const longestEscape = 12;

/** Returns the part of a text that has `at` inside, or undefined where nothing is split. */
function unitAround(text: string, at: number): Unit | undefined {
  const number = numberEscapeAround(text, at);
  const inside = number?.from ?? (isPair(text, at) ? at - 1 : at);
  // After an odd number of backslashes, the last one belongs to what follows.
  const from = backslashesBefore(text, inside) % 2 === 1 ? inside - 1 : inside;
  if (from === at) return undefined;
  const next = isPair(text, at + 1) && !isPair(text, at) ? at + 2 : at + 1;
  return { from, to: number?.to ?? next };
}

function numberEscapeAround(text: string, at: number): Unit | undefined {
  for (let from = Math.max(0, at - longestEscape + 1); from < at; from += 1) {
    const to = from + escapeLength(text, from);
    if (to > at) return { from, to };
  }
  return undefined;
}

function escapeLength(text: string, from: number): number {
  if (text[from] !== '\\') return 0;
  // A copy, because a sticky pattern remembers its place.
  const pattern = new RegExp(numberEscape);
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0].length ?? 0;
}

/** True if a place is between the two halves of one character. */
const isPair = (text: string, at: number): boolean => (text.codePointAt(at - 1) ?? 0) > 0xffff;

function backslashesBefore(text: string, at: number): number {
  let count = 0;
  while (text[at - 1 - count] === '\\') count += 1;
  return count;
}
