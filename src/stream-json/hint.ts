import { beginningOf, endOf } from '../text/cut.ts';
import { visible } from './message.ts';

/** The longest words of `claude` or the API in a hint, in characters. */
const wordsLength = 300;

/** The longest hint: those words, and the sentences around them. */
export const hintLength = 2 * wordsLength;

/**
 * Returns words of `claude` or the API for a hint: in one line, without hidden characters. Of a long
 * text the beginning and the end are kept, because the cause stands at one and the advice at the other.
 */
export function hintOf(words: string): string {
  // A very long text is shortened first, so that the pattern does not scan all of it.
  const line = bothEnds(words.trim(), 10 * hintLength).replace(/\s+/g, ' ');
  return visible(bothEnds(line, wordsLength));
}

function bothEnds(text: string, length: number): string {
  if (text.length <= length) return text;
  const half = Math.floor((length - gap.length) / 2);
  return `${beginningOf(text, half).trimEnd()}${gap}${endOf(text, half).trimStart()}`;
}

const gap = ' … ';
