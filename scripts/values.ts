import type { z } from 'zod';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Returns the values that a JSON Schema lets through, in words. */
export function valuesOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  switch (schema.type) {
    case 'string':
      return 'text';
    case 'boolean':
      return '`true`, `false`';
    case 'array':
      return 'list of texts';
    case 'object':
      return 'object';
    case 'integer':
      return ['whole number', ...range(schema)].join(', ');
    case 'number':
      return ['number', ...range(schema)].join(', ');
    default:
      throw new Error(`No words for the schema ${JSON.stringify(schema)}.`);
  }
}

function range({ minimum, exclusiveMinimum, maximum }: JsonSchema): string[] {
  // zod tells the limits of a whole number where a schema has none.
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum?.toLocaleString('en');
  if (exclusiveMinimum !== undefined) {
    return [`more than ${exclusiveMinimum}`, ...(most === undefined ? [] : [`up to ${most}`])];
  }
  if (minimum === undefined) return [];
  return [most === undefined ? `${minimum} or more` : `${minimum} to ${most}`];
}
