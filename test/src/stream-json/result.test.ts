import { describe, expect, it } from 'vitest';
import { turnResult } from '../../../src/stream-json/result.ts';

const success = { type: 'result', subtype: 'success', is_error: false, result: 'The answer.' };
const apiError = { ...success, is_error: true };

describe('a turn is completed', () => {
  it.each([
    ['with a text', success],
    ['with a structured output and no text', { ...success, result: '', structured_output: {} }],
    ['with a structured output of null', { ...success, result: '', structured_output: null }],
    [
      'by a command of the CLI, which has no answer',
      { ...success, result: '', local_command: 'compact' },
    ],
    ['when is_error is absent', { type: 'result', subtype: 'success', result: 'x' }],
  ])('%s', (_, message) => {
    expect(turnResult(message).failure).toBeNull();
  });
});

describe('a turn has failed', () => {
  const during = { type: 'result', subtype: 'error_during_execution', is_error: true };
  const lost = 'No conversation found with session ID: 1';
  const login = 'Run `claude` and /login, or set ANTHROPIC_API_KEY.';
  it.each<[string, Record<string, unknown>, string, string]>([
    [
      'with an empty result',
      { ...success, result: '' },
      'no_answer',
      'The turn ended without an answer.',
    ],
    [
      'without a result',
      { ...success, result: undefined },
      'no_answer',
      'The turn ended without an answer.',
    ],
    [
      'by an error of the API with subtype success',
      { ...apiError, api_error_status: 400, result: 'API Error: 400 Bad.' },
      'api_error',
      'API Error: 400 Bad.',
    ],
    [
      'by an overloaded API',
      { ...apiError, api_error_status: 529, result: 'API Error: 529 Overloaded' },
      'api_error',
      'API Error: 529 Overloaded',
    ],
    [
      'by a limit of the API',
      { ...apiError, api_error_status: 429, result: 'API Error: 429 Slow down' },
      'rate_limited',
      'API Error: 429 Slow down',
    ],
    [
      'by refused credentials (401)',
      { ...apiError, api_error_status: 401, result: 'Invalid API key' },
      'auth',
      `Invalid API key ${login}`,
    ],
    [
      'by something that the API forbids (403)',
      {
        ...apiError,
        api_error_status: 403,
        result: 'Failed to authenticate. API Error: 403 This organization has been disabled.',
      },
      'forbidden',
      'API Error: 403 This organization has been disabled.',
    ],
    [
      'by 403 from an older claude, which shows the JSON',
      {
        ...apiError,
        result:
          'Failed to authenticate. API Error: 403 {"type":"error","error":{"type":"permission_error","message":"Not {here}."},"request_id":"req_1"}',
      },
      'forbidden',
      'API Error: 403 Not {here}.',
    ],
    [
      'by an empty account, in the words of claude',
      { ...apiError, api_error_status: 400, result: 'Credit balance is too low' },
      'billing',
      'Credit balance is too low',
    ],
    [
      'by an empty account, in the words of the API',
      {
        ...apiError,
        api_error_status: 400,
        result: 'API Error: 400 Your credit balance is too low to access the API.',
      },
      'billing',
      'API Error: 400 Your credit balance is too low to access the API.',
    ],
    [
      'by 402',
      { ...apiError, api_error_status: 402, result: 'API Error: 402 Pay first.' },
      'billing',
      'API Error: 402 Pay first.',
    ],
    [
      'by an error of billing with another status',
      {
        ...apiError,
        ...{ api_error_status: 400, api_error_type: 'billing_error' },
        result: 'API Error: 400 No credits.',
      },
      'billing',
      'API Error: 400 No credits.',
    ],
    [
      'by an error of billing from an older claude, which shows the JSON',
      {
        ...apiError,
        result:
          'API Error: 400 {"type":"error","error":{"type":"billing_error","message":"Pay."},"request_id":"req_1"}',
      },
      'billing',
      'API Error: 400 Pay.',
    ],
    [
      'because a hook of the user blocked the prompt',
      { ...success, num_turns: 0, result: 'UserPromptSubmit operation blocked by hook:\nno way' },
      'no_answer',
      'UserPromptSubmit operation blocked by hook: no way',
    ],
    [
      'because the API does not have its model, or by any other 404',
      { ...apiError, api_error_status: 404, result: 'Run --model to pick a different model.' },
      'model_unavailable',
      'Run --model to pick a different model.',
    ],
    [
      'by the limit of output tokens',
      {
        ...apiError,
        api_error: 'max_output_tokens',
        result:
          "API Error: Claude's response exceeded the 4096 output token maximum. To configure this behavior, set the CLAUDE_CODE_MAX_OUTPUT_TOKENS environment variable.",
      },
      'api_error',
      'claude tried again and again, and each answer was longer than 4096 tokens. Raise options.max_tokens, or ask for smaller parts.',
    ],
    [
      'by a limit of output tokens that no option raises',
      {
        ...apiError,
        result:
          "API Error: Claude's response exceeded the 64000 output token maximum for a request sent without streaming. The CLAUDE_CODE_MAX_OUTPUT_TOKENS environment variable cannot raise this limit.",
      },
      'api_error',
      'claude tried again and again, and each answer was longer than 64000 tokens. Ask for smaller parts; options.max_tokens cannot raise this limit.',
    ],
    [
      'because nobody is logged in',
      { ...apiError, result: 'Not logged in · Please run /login' },
      'auth',
      `Not logged in · Please run /login ${login}`,
    ],
    [
      'by its limit of turns',
      { type: 'result', subtype: 'error_max_turns', is_error: true, errors: [] },
      'max_turns',
      'claude ended the turn with error_max_turns.',
    ],
    [
      'by its limit of turns, also with is_error: false',
      { type: 'result', subtype: 'error_max_turns', is_error: false, errors: ['Reached 1'] },
      'max_turns',
      'Reached 1',
    ],
    [
      'by its budget',
      { type: 'result', subtype: 'error_max_budget_usd', is_error: true, errors: ['Over', '$1'] },
      'budget',
      'Over $1',
    ],
    [
      'without a structured output that fits the schema',
      { type: 'result', subtype: 'error_max_structured_output_retries', errors: ['Gave up'] },
      'no_answer',
      'Gave up',
    ],
    ['because its session is lost', { ...during, errors: [lost] }, 'session_lost', lost],
    ['by an error during its work', { ...during, errors: [7, 'Broke'] }, 'api_error', 'Broke'],
    [
      'by a subtype of a newer version',
      { type: 'result', subtype: 'error_of_tomorrow' },
      'api_error',
      'claude ended the turn with error_of_tomorrow.',
    ],
  ])('%s', (_, message, reason, hint) => {
    expect(turnResult(message).failure).toEqual({ reason, hint, returncode: null });
  });

  it('with the beginning of the error text in one visible line', () => {
    const result = `API Error: 400 \u001b[31m{\n  "message": "${'x'.repeat(1000)}"\n}`;
    const { failure } = turnResult({ ...apiError, api_error_status: 400, result });
    expect(failure?.hint).toMatch(/^API Error: 400 /);
    expect(failure?.hint).not.toMatch(/\p{Cc}/u);
    expect(failure?.hint.length).toBeLessThan(1000);
  });
});

describe('a result has', () => {
  it('the turns, the time, the cost and the usage', () => {
    const message = {
      ...success,
      ...{ num_turns: 3, duration_ms: 1200, total_cost_usd: 0.5, user_message_uuids: ['p1', 7] },
      usage: { input_tokens: 10, output_tokens: 2, service_tier: 'standard', cache: { a: 1 } },
    };
    expect(turnResult(message)).toEqual({
      failure: null,
      has_object: false,
      prompt_ids: ['p1'],
      total_cost_usd: 0.5,
      cost_usd: null,
      num_turns: 3,
      duration_ms: 1200,
      usage: { input_tokens: 10, output_tokens: 2 },
    });
  });

  it.each([
    [
      'a refused request',
      { api_error_status: 400, api_error_type: 'invalid_request_error' },
      '400 invalid_request_error',
    ],
    ['a request that is too large', { api_error_status: 413 }, '413'],
    ['an overloaded API', { api_error_status: 529 }, undefined],
    ['an error without a status', {}, undefined],
    ['refused credentials', { api_error_status: 401 }, undefined],
    ['an answer', { is_error: false, api_error_status: null }, undefined],
  ])('what the API refused, of %s', (_, fields, refusal) => {
    expect(turnResult({ ...apiError, result: 'No.', ...fields }).refusal).toBe(refusal);
  });

  it('the cost of the turn alone, if claude reports it by model', () => {
    const model_usage_since_last_result = { a: { costUSD: 0.25 }, b: { costUSD: 0.5 }, c: {} };
    expect(turnResult({ ...success, model_usage_since_last_result }).cost_usd).toBe(0.75);
    expect(turnResult({ ...success, model_usage_since_last_result: {} }).cost_usd).toBe(0);
  });

  it('zeros and empty lists for wrong or missing fields', () => {
    expect(turnResult({ ...success, num_turns: 'three', usage: 7 })).toMatchObject({
      ...{ prompt_ids: [], total_cost_usd: 0, cost_usd: null, num_turns: 0 },
      usage: {},
    });
  });
});
