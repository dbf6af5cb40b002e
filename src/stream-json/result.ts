import type { Failure, Reason, TurnResult } from '../../machines/worker.ts';
import { beginningOf } from '../text/cut.ts';
import { asList, asNumber, asObject, asText, type Json, visible } from './message.ts';

/** Reads a `result` line, which ends a turn. */
export function turnResult(message: Json): TurnResult {
  return {
    failure: failureOf(message),
    has_object: message.structured_output !== undefined,
    prompt_ids: asList(message.user_message_uuids).filter((id) => typeof id === 'string'),
    total_cost_usd: asNumber(message.total_cost_usd) ?? 0,
    cost_usd: ownCost(message),
    num_turns: asNumber(message.num_turns) ?? 0,
    duration_ms: asNumber(message.duration_ms) ?? 0,
    usage: numbersOf(asObject(message.usage)),
  };
}

/** Returns null for a completed turn. An error and an empty result are failures. */
function failureOf(message: Json): Failure | null {
  const text = asText(message.result) ?? '';
  if (message.is_error !== true && message.subtype === 'success') {
    if (text.trim() !== '' || message.structured_output !== undefined) return null;
    return failure('no_answer', 'The turn ended without an answer.');
  }
  const errors = asList(message.errors).filter((error) => typeof error === 'string');
  const words = text || errors.join(' ') || `claude ended the turn with ${message.subtype}.`;
  return failure(reasonOf(message, words), tooLong(words) ?? words);
}

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
  const status = message.api_error_status;
  // The CLI also treats every 404 as a missing model: each provider words it differently.
  if (status === 404) return 'model_unavailable';
  if (status === 401 || status === 403 || words.startsWith('Not logged in')) return 'auth';
  return status === 429 ? 'rate_limited' : 'api_error';
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
  return {
    reason,
    hint: advice(reason, oneLine(beginningOf(words, hintLength))),
    returncode: null,
  };
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

/** The longest error text in a hint, in characters. */
export const hintLength = 300;

/** Returns a text in one line, without hidden characters, for a hint. */
export const oneLine = (text: string): string => visible(text.trim().replace(/\s+/g, ' '));

/** The words of `claude`, in a result or on stderr, for a missing session. */
export const noConversation = 'No conversation found';
