import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { messageOf } from '../errors.ts';
import { describeIssues } from './issues.ts';
import { type Rule, ScriptError, stepsSchema } from './script.ts';

const rulesSchema = z
  .array(z.strictObject({ match: z.string().min(1), steps: stepsSchema }))
  .min(1, { error: 'the file needs at least one rule' });

/**
 * Reads rules from a JSON file of the shape `[{ "match": "text" | "/regex/flags", "steps": […] }]`.
 *
 * @throws ScriptError if the file cannot be read or is wrong. The message names the file.
 */
export async function readRules(path: string): Promise<Rule[]> {
  try {
    return parseRules(await readFile(path, 'utf8'));
  } catch (error) {
    throw new ScriptError(`${path}: ${messageOf(error)}`);
  }
}

/**
 * Parses the content of a rules file.
 *
 * @throws Error if it is not JSON, not a list of rules, or has a wrong regular expression.
 */
export function parseRules(text: string): Rule[] {
  const parsed = rulesSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new ScriptError(describeIssues(parsed.error, 'rule'));
  return parsed.data.map(({ match, steps }) => ({ match: parseMatch(match), steps }));
}

function parseMatch(match: string): string | RegExp {
  const [, source, flags] = /^\/(.+)\/([dgimsuvy]*)$/s.exec(match) ?? [];
  return source === undefined ? match : new RegExp(source, flags);
}
