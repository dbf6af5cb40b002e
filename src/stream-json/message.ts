import { hexOf, hiddenCharacter } from './hidden-characters.ts';

/** A JSON object from outside; its fields are unknown. */
export type Json = Record<string, unknown>;

/** Parses a line of JSON; returns undefined if it is not an object. */
export function parseObject(text: string): Json | undefined {
  // Checked first, because a parser error costs more than the check.
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

/** Returns a text that is safe on a terminal line: each hidden character becomes its number. */
export function visible(text: string): string {
  return text.replace(everyHidden, (character) => {
    const hex = hexOf(character);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`;
  });
}

const everyHidden = new RegExp(hiddenCharacter, 'gu');
