import type { Failure, Reason, TurnResult } from '../../machines/worker.ts';
import { hintOf } from './hint.ts';
import { asList, asNumber, asObject, asText, type Json, parseObject } from './message.ts';

/** Reads a `result` line, which ends a turn. */
export function turnResult(message: Json): TurnResult {
  const origin = originOf(message);
  const found = failureOf(message);
  // claude may have nothing to say in a turn that it has opened by itself.
  const failure = origin !== undefined && found === emptyAnswer ? null : found;
  const refusal = failure?.reason === 'api_error' ? refusalIn(message) : undefined;
  return {
    failure,
    has_object: message.structured_output !== undefined,
    ...(origin !== undefined && { origin }),
    prompt_ids: asList(message.user_message_uuids).filter((id) => typeof id === 'string'),
    total_cost_usd: asNumber(message.total_cost_usd) ?? 0,
    cost_usd: ownCost(message),
    ...(refusal !== undefined && { refusal }),
    num_turns: asNumber(message.num_turns) ?? 0,
    duration_ms: asNumber(message.duration_ms) ?? 0,
    usage: numbersOf(asObject(message.usage)),
    ...chosenIn(message),
  };
}

/** Returns why `claude` opened the turn by itself; undefined when it did not. */
const originOf = ({ origin }: Json): string | undefined => asText(asObject(origin)?.kind);

/** Returns what a command of the CLI has set for the life of its process, as its words tell. */
function chosenIn({ local_command, result }: Json): Pick<TurnResult, 'chosen'> {
  const isSet = asText(result)?.startsWith('Set ') === true;
  if (!isSet || (local_command !== 'model' && local_command !== 'effort')) return {};
  return { chosen: local_command };
}

/** The failure of a turn without a text, as far as its result line tells; see `afterWork`. */
export const emptyAnswer: Failure = {
  reason: 'no_answer',
  hint: 'The turn ended without an answer.',
  returncode: null,
};

/** Returns null for a completed turn. An error and an empty result are failures. */
function failureOf(message: Json): Failure | null {
  const text = asText(message.result) ?? '';
  if (message.is_error !== true && message.subtype === 'success') {
    if (text.startsWith(blockedPrompt)) return failure('no_answer', text);
    // A command of the CLI, such as /compact, has no answer.
    const isCommand = asText(message.local_command) !== undefined;
    if (isCommand || text.trim() !== '' || message.structured_output !== undefined) return null;
    return emptyAnswer;
  }
  const errors = asList(message.errors).filter((error) => typeof error === 'string');
  const words = text || errors.join(' ') || `claude ended the turn with ${message.subtype}.`;
  return failure(reasonOf(message, words), tooLong(words) ?? ownWords(words));
}

/** The words of the CLI in place of an answer, when a hook of the user refused the prompt. */
const blockedPrompt = 'UserPromptSubmit operation blocked by hook';

function reasonOf(message: Json, words: string): Reason {
  switch (message.subtype) {
    case 'error_max_turns':
      return 'max_turns';
    case 'error_max_budget_usd':
      return 'budget';
    case 'error_max_structured_output_retries':
      return 'no_answer';
  }
  if (words.includes(noConversation)) return 'session_lost';
  const status = statusOf(message, words);
  if (isAboutMoney(message, words, status)) return 'billing';
  switch (status) {
    case 401:
      return 'auth';
    case 403:
      return 'forbidden';
    // The CLI also treats every 404 as a missing model: each provider words it differently.
    case 404:
      return 'model_unavailable';
    case 429:
      return 'rate_limited';
    default:
      return words.startsWith('Not logged in') ? 'auth' : 'api_error';
  }
}

/** Returns the status of the API's answer, which older CLIs name only in their words. */
function statusOf({ api_error_status }: Json, words: string): number | undefined {
  const [, named] = /\bAPI Error: (\d{3})\b/.exec(words) ?? [];
  return asNumber(api_error_status) ?? (named === undefined ? undefined : Number(named));
}

/** Returns the type of the API's error, which older CLIs name only in the JSON of their words. */
function errorTypeOf({ api_error_type }: Json, words: string): string {
  return asText(api_error_type) ?? asText(errorIn(words)?.type) ?? '';
}

const isAboutMoney = (message: Json, words: string, status: number | undefined): boolean =>
  status === 402 ||
  errorTypeOf(message, words) === 'billing_error' ||
  /^(API Error: \d{3} )?(Your )?credit balance is too low/i.test(ownWords(words));

/** Returns what the API refused, if it judged the request: another try with it fails too. */
function refusalIn(message: Json): string | undefined {
  const words = asText(message.result) ?? '';
  const status = statusOf(message, words);
  const isRefusal = status !== undefined && status >= 400 && status < 500 && status !== 408;
  return isRefusal ? `${status} ${errorTypeOf(message, words)}`.trim() : undefined;
}

/**
 * Returns the words of the API without what the CLI puts around them: that it failed to authenticate,
 * which it says of every 403, and the JSON in which older CLIs show an error.
 */
function ownWords(words: string): string {
  const told = words.replace(/^Failed to authenticate\. (?=API Error: 403\b)/, '');
  const message = asText(errorIn(told)?.message);
  return message === undefined ? told : told.slice(0, told.indexOf('{')) + message;
}

/** Returns the error object in the words of an older CLI. */
function errorIn(words: string): Json | undefined {
  const [, json] = /^[^{]*API Error: \d{3} (\{.*\})/s.exec(words) ?? [];
  return json === undefined ? undefined : asObject(parseObject(json)?.error);
}

/** Replaces the advice of the CLI, which names a variable that the caller of a tool cannot set. */
function tooLong(words: string): string | undefined {
  const [, most] = /exceeded the (\d+) output token maximum/.exec(words) ?? [];
  if (most === undefined) return undefined;
  const advice = words.includes('cannot raise')
    ? 'Ask for smaller parts; options.max_tokens cannot raise this limit.'
    : 'Raise options.max_tokens, or ask for smaller parts.';
  return `claude tried again and again, and each answer was longer than ${most} tokens. ${advice}`;
}

function failure(reason: Reason, words: string): Failure {
  return { reason, hint: advice(reason, hintOf(words)), returncode: null };
}

function advice(reason: Reason, words: string): string {
  if (reason !== 'auth') return words;
  return `${words} Run \`claude\` and /login, or set ANTHROPIC_API_KEY.`;
}

/**
 * Returns the turn's own cost, which newer CLIs report by model. The running total is not enough: it
 * misses the cost of a killed process.
 */
function ownCost(message: Json): number | null {
  const byModel = asObject(message.model_usage_since_last_result);
  if (!byModel) return null;
  const costs = Object.values(byModel).map((usage) => asNumber(asObject(usage)?.costUSD) ?? 0);
  return costs.reduce((total, cost) => total + cost, 0);
}

function numbersOf(usage: Json = {}): Record<string, number> {
  return Object.fromEntries(
    Object.entries(usage).filter(
      (entry): entry is [string, number] => asNumber(entry[1]) !== undefined,
    ),
  );
}

/** The words of `claude`, in a result or on stderr, for a missing session. */
export const noConversation = 'No conversation found';
