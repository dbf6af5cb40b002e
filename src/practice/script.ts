import * as z from 'zod';
import { messageOf } from '../errors.ts';
import { type MessagesRequest, resultsOf, type ToolResult } from './conversation.ts';
import { describeIssues } from './issues.ts';
import { latestPrompt, type Prompt, stepsTakenSince } from './prompts.ts';
import { latestScript } from './script-text.ts';

const stepSchema = z
  .strictObject({
    /** The text of the answer. Without any content the step answers with the default text. */
    text: z.string().optional(),
    /** A thinking block before the text. */
    thinking: z.string().optional(),
    /** Tool calls after the text; they make the stop reason `tool_use`. */
    tools: z
      .array(z.strictObject({ name: z.string().min(1), input: z.record(z.string(), z.unknown()) }))
      .optional(),
    /** Answer with this HTTP error: always, or only at the first `times` attempts. */
    error: z
      .strictObject({
        status: z.int().min(400).max(599),
        type: z.string().min(1).optional(),
        message: z.string().optional(),
        times: z.int().min(1).optional(),
        /** Seconds, sent as the `retry-after` header. */
        retry_after: z.number().min(0).optional(),
      })
      .optional(),
    /** Milliseconds to wait before the answer begins. */
    delay_ms: z.int().min(0).max(86_400_000).optional(),
    /** A text answer of exactly this many bytes, in place of `text`. */
    bytes: z.int().min(0).max(67_108_864).optional(),
    /** Characters in each streamed piece of text. */
    chunk: z.int().min(1).optional(),
    /** Open the stream, send the content and never finish: always, or only this many times. */
    hang: z.union([z.boolean(), z.int().min(1)]).optional(),
    /** Drop the connection in the middle: always, or only this many times. */
    cut: z.union([z.boolean(), z.int().min(1)]).optional(),
    /** The model that the answer names. Default: the requested model. */
    model: z.string().min(1).optional(),
    /** With `max_tokens` the last tool call is cut in the middle, as the API does. */
    stop_reason: z.string().min(1).optional(),
    usage: z
      .strictObject({
        input_tokens: z.int().min(0).optional(),
        output_tokens: z.int().min(0).optional(),
      })
      .optional(),
  })
  .refine((step) => step.text === undefined || step.bytes === undefined, {
    error: 'give text or bytes, not both',
  });

/** A non-empty list of steps: the content of a `<practice>` tag or of a rule. */
export const stepsSchema = z
  .array(stepSchema)
  .min(1, { error: 'a script needs at least one step' });

/** An answer of the practice API: its content, its error, and the faults of its connection. */
export type Step = z.infer<typeof stepSchema>;

/** The facts about a request that a function rule receives. */
export interface Turn {
  /** The latest real user prompt. */
  prompt: string;
  /** The number of answers that this prompt has had: 0 for the first request. */
  step: number;
  /** The tool results at the end of the request. Empty when it ends with a prompt. */
  results: ToolResult[];
  request: MessagesRequest;
}

/** Answers every prompt that contains `match` (a string) or matches it (a regular expression). */
export interface Rule {
  match: string | RegExp;
  steps: Step[] | ((turn: Turn) => Step);
}

/** The step that answers a request. */
export interface Choice {
  step: Step;
  /** Its place in the script, counted from 0. */
  index: number;
  /** Where the step comes from: the text of the script, or the prompt that was answered. */
  origin: Prompt;
}

/** A script that cannot be used. The message is one sentence for its author. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
}

/**
 * Chooses the answer to a request: the last `<practice>` script of its user prompts, else the
 * first rule that matches the latest prompt, else a default text. The place in the script comes
 * from the request alone, so a session can be resumed and the API restarted.
 *
 * @throws ScriptError if the script is invalid or a function rule throws.
 */
export function chooseStep(request: MessagesRequest, rules: readonly Rule[]): Choice {
  const script = latestScript(request);
  if (script !== undefined) {
    const index = stepsTakenSince(request, script.message);
    return { step: at(parseScript(script.text), index), index, origin: script };
  }
  const origin = latestPrompt(request);
  const index = stepsTakenSince(request, origin.message);
  const steps = rules.find((rule) => matches(rule.match, origin.text))?.steps ?? [{}];
  const step =
    typeof steps === 'function'
      ? call(steps, { prompt: origin.text, step: index, results: resultsOf(request), request })
      : at(steps, index);
  return { step, index, origin };
}

/**
 * Reads the content of a `<practice>` tag.
 *
 * @throws ScriptError if it is not JSON or not a list of steps. The message names the first wrong step.
 */
export function parseScript(text: string): Step[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ScriptError(`The <practice> script is not valid JSON: ${messageOf(error)}.`);
  }
  const parsed = stepsSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ScriptError(`The <practice> script is wrong: ${describeIssues(parsed.error, 'step')}.`);
}

function at(steps: readonly Step[], index: number): Step {
  return steps[index] ?? { text: 'Practice script finished.' };
}

// search(), not test(): a regular expression with the g flag must not remember its last match.
function matches(match: string | RegExp, prompt: string): boolean {
  return typeof match === 'string' ? prompt.includes(match) : prompt.search(match) !== -1;
}

function call(rule: (turn: Turn) => Step, turn: Turn): Step {
  try {
    return rule(turn);
  } catch (error) {
    throw new ScriptError(`The practice rule failed: ${messageOf(error)}.`);
  }
}
