import { parse } from 'yaml';
import { asObject } from '../stream-json/message.ts';

/**
 * Reads every value that a field of a front matter may have. `claude` also reads files that are not
 * quite YAML, such as a description with a colon in it, or a field that stands twice. So the result has
 * the value of the parser and the value of each line that looks like the field.
 */
export function valuesOf(field: string, front: string): string[] {
  const line = new RegExp(
    `^\\s*["']?${field}["']?\\s*:\\s*["']?([^"'#\\r\\n]*?)["']?\\s*(#.*)?$`,
    'gm',
  );
  const inLines = Array.from(front.matchAll(line), ([, value = '']) => value);
  return [...parsed(field, front), ...inLines].filter((value) => value !== '');
}

function parsed(field: string, front: string): string[] {
  try {
    const value = asObject(parse(front, { merge: true, uniqueKeys: false }))?.[field];
    return value === undefined || value === null ? [] : [String(value)];
  } catch {
    return [];
  }
}
