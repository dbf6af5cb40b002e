import { hexOf, hiddenCharacter } from './hidden-characters.ts';

/** A JSON object from outside: nothing about its fields is known. */
export type Json = Record<string, unknown>;

/** The object that a line of JSON holds, or undefined when it holds none. */
export function parseObject(text: string): Json | undefined {
  // What cannot be an object is not parsed: an error of the parser costs more than the text.
  if (!text.trimStart().startsWith('{') || !text.trimEnd().endsWith('}')) return undefined;
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
}

export const asText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

export const asNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

export const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Returns a text that is fit for one line of a terminal: each hidden character is shown by its number. */
export function visible(text: string): string {
  return text.replace(everyHidden, (character) => {
    const hex = hexOf(character);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`;
  });
}

const everyHidden = new RegExp(hiddenCharacter, 'gu');
