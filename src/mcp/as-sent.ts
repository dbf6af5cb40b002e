import * as z from 'zod';
import { asList, asObject } from '../stream-json/message.ts';

/**
 * Returns a value as its schema wants it, as far as its sender's intent is certain: a text that is
 * exactly the JSON of the object, list, number or boolean that belongs there is read, and `null` for
 * something optional counts as left out. All else stays, and the schema judges it.
 */
export function asSent(schema: unknown, given: unknown): unknown {
  if (schema instanceof z.ZodOptional) return asSent(schema.unwrap(), given);
  const value = typeof given === 'string' ? readAs(schema, given) : given;
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return asList(value).map((item) => asSent(schema.element, item));
  }
  const fields = asObject(value);
  return schema instanceof z.ZodObject && fields ? fieldsOf(schema, fields) : value;
}

function fieldsOf(schema: z.ZodObject, fields: object): object {
  const taken = Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
    // A name such as `constructor` is no field of the schema.
    const field = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
    if (value === null && field instanceof z.ZodOptional) return [];
    return [[name, asSent(field, value)]];
  });
  return Object.fromEntries(taken);
}

const booleans = new Map([
  ['true', true],
  ['false', false],
]);

/** Returns the value of a JSON text when it is of the kind that the schema wants, else the text. */
function readAs(schema: unknown, text: string): unknown {
  // A boolean decides, also on permissions, so not even a blank may stand beside its word.
  if (schema instanceof z.ZodBoolean) return booleans.get(text) ?? text;
  const isWanted = kindOf(schema);
  if (!isWanted) return text;
  try {
    const value: unknown = JSON.parse(text);
    return isWanted(value) ? value : text;
  } catch {
    return text;
  }
}

/** Returns the test for the kind of value that a schema wants; none where a text may be wanted. */
function kindOf(schema: unknown): ((value: unknown) => boolean) | undefined {
  if (schema instanceof z.ZodNumber) return (value) => typeof value === 'number';
  if (schema instanceof z.ZodArray) return Array.isArray;
  const isObject = schema instanceof z.ZodObject || schema instanceof z.ZodRecord;
  return isObject ? (value) => asObject(value) !== undefined : undefined;
}
