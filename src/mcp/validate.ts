import type * as z from 'zod';
import { optionsSchema } from '../config/options.ts';
import { ManagerError, nearest } from '../errors.ts';
import { visible } from '../stream-json/message.ts';
import { beginningOf, cut } from '../text/cut.ts';
import { placeOfNul, wellFormed } from '../text/well-formed.ts';
import { asSent } from './as-sent.ts';
import type { Tool } from './tool.ts';

/**
 * Parses the arguments of a call with the tool's schema.
 * @throws ManagerError `invalid_input` with one sentence about the first problem.
 */
export function validate(tool: Tool, given: unknown): unknown {
  const args = well(tool, asSent(tool.schema, given ?? {}));
  const parsed = tool.schema.safeParse(args);
  if (parsed.success) return withoutNul(tool, parsed.data);
  const { issues } = parsed.error;
  // A mistyped name is also a missing argument; the sentence about the typo helps more.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  const sentence = issue ? describe(tool, issue, args) : 'The arguments are not valid.';
  throw new ManagerError('invalid_input', `${tool.name}: ${sentence}`);
}

/** Replaces halves of characters, before anything of the arguments is used or shown. */
function well(tool: Tool, args: unknown): unknown {
  try {
    return wellFormed(args);
  } catch {
    const sentence =
      'expected arguments of a usual depth, found thousands of levels; flatten them.';
    throw new ManagerError('invalid_input', `${tool.name}: ${sentence}`);
  }
}

/** No path, prompt or argument of a program can have a NUL. A wrong id has a sentence of its own. */
function withoutNul(tool: Tool, args: object): object {
  const texts = Object.entries(args).filter(([name]) => !/_ids?$/.test(name));
  const place = placeOfNul(Object.fromEntries(texts));
  if (!place) return args;
  const name = place.at(-1) ?? '';
  const found = show(name.includes('\0') ? name : valueAt(args, place));
  const sentence = `expected ${visible(cut(place.join('.'), 80))} to be a text without NUL, found ${found}; take it out.`;
  throw new ManagerError('invalid_input', `${tool.name}: ${sentence}`);
}

function describe(tool: Tool, issue: z.core.$ZodIssue, args: unknown): string {
  if (issue.code === 'unrecognized_keys') return unknownKey(tool, issue);
  const name = issue.path.join('.') || 'the arguments';
  const found = valueAt(args, issue.path);
  const [first = ''] = issue.path;
  const isNeeded = issue.path.length === 1 && !isOptional(tool, String(first));
  const correction = isNeeded ? 'correct it' : 'correct it or leave it out';
  const advice = found === undefined ? 'add it' : correction;
  return `expected ${name} to be ${expected(issue)}, found ${show(found)}; ${advice}.`;
}

const isOptional = (tool: Tool, argument: string): boolean =>
  tool.schema.shape[argument]?.safeParse(undefined).success ?? true;

function unknownKey(tool: Tool, { keys, path }: { keys: string[]; path: PropertyKey[] }): string {
  const [key = ''] = keys;
  const shape = path[0] === 'options' ? optionsSchema.shape : tool.schema.shape;
  const known = Object.keys(shape);
  const near = nearest(key, known);
  const what = path[0] === 'options' ? 'option' : 'argument';
  const advice = near ? `did you mean ${near}?` : `known are ${known.join(', ')}.`;
  return `unknown ${what} ${JSON.stringify(beginningOf(key, 80))}; ${advice}`;
}

function expected(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return nouns[issue.expected] ?? issue.expected;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? 'not empty'
        : `a number ${issue.inclusive ? 'of at least' : 'greater than'} ${issue.minimum}`;
    case 'too_big':
      return `a number of at most ${issue.maximum}`;
    case 'invalid_value':
      return `one of ${issue.values.join(', ')}`;
    case 'invalid_format':
    case 'custom':
      return issue.message;
    default:
      return `valid (${issue.message})`;
  }
}

const nouns: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function valueAt(args: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    args,
  );
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return cut(text, 80);
}
