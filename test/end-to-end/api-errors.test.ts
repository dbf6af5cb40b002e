import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/practice/script.ts';
import { bash, scripted, setStage } from './harness.ts';
import { shareSession } from './support-shared.ts';
import { run, settle } from './support-worker.ts';

// Without this limit claude retries for minutes.
const env = { CLAUDE_CODE_MAX_RETRIES: '1' };
const oneRetry = shareSession({ env });
const manyRetries = shareSession();

describe('a permanent error of the API fails the worker', () => {
  it.each([
    [400, 'api_error', 'API Error: 400 The words of the API.'],
    [401, 'auth', 'Run `claude` and /login, or set ANTHROPIC_API_KEY.'],
    [402, 'billing', 'API Error: 402 The words of the API.'],
    [403, 'forbidden', 'API Error: 403 The words of the API.'],
    [404, 'model_unavailable', 'The API answered 404 for model claude-'],
    [413, 'api_error', 'Request too large'],
    [429, 'rate_limited', 'The words of the API.'],
    [500, 'api_error', 'API Error: 500 The words of the API.'],
    [529, 'api_error', 'API Error: 529 The words of the API.'],
  ])('%i with the reason %s and the text of the error', async (status, reason, words) => {
    const { stage, session } = oneRetry();
    const prompt = scripted({ error: { status, message: 'The words of the API.' } });
    const { row, history } = await run(stage, session, prompt);
    expect(row).toMatchObject({ reason, error_hint: expect.stringContaining(words.slice(0, 100)) });
    expect(history).toMatchObject({
      status: 'failed',
      reason,
      error_hint: expect.stringContaining(words),
      turns: [{ status: 'failed', reason }],
    });
  });

  it('an empty account with the reason billing, whatever the status', async () => {
    const { stage, session } = oneRetry();
    const message = 'Your credit balance is too low to access the Anthropic API.';
    const { row } = await run(stage, session, scripted({ error: { status: 400, message } }));
    expect(row).toMatchObject({ reason: 'billing', error_hint: 'Credit balance is too low' });
  });

  it('a connection that breaks each time, with the reason api_error', async () => {
    const { stage, session } = oneRetry();
    const { row } = await run(stage, session, scripted({ text: 'Half an answer', cut: true }));
    expect(row).toMatchObject({
      reason: 'api_error',
      error_hint: expect.stringContaining('Connection dropped'),
    });
  });

  it('an error in the middle of a turn, and the messages before it stay in the history', async () => {
    const { stage, session } = oneRetry();
    const prompt = scripted(bash('echo the first half'), { error: { status: 400 } });
    const { history } = await run(stage, session, prompt, { allowed_tools: ['Bash'] });
    expect(history).toMatchObject({ status: 'failed', reason: 'api_error' });
    expect(JSON.stringify(history.messages)).toContain('the first half');
  });
});

describe('a temporary error of the API does not fail the worker', () => {
  it.each<[string, Step]>([
    ['429', { error: { status: 429, times: 1, retry_after: 0 } }],
    ['401', { error: { status: 401, times: 1 } }],
    ['500', { error: { status: 500, times: 1 } }],
    ['529', { error: { status: 529, times: 1 } }],
    ['a broken connection', { cut: 1 }],
  ])('%s once', async (_what, accident) => {
    const { stage, session } = manyRetries();
    const prompt = scripted({ text: 'Fine in the end.', ...accident });
    const { id, history, requests } = await run(stage, session, prompt);
    expect(history).toMatchObject({ status: 'completed', result: 'Fine in the end.' });
    expect(requests.length).toBeGreaterThan(1);
    await stage.journaled(id, 'API_RETRIED');
  });
});

describe('an empty answer', () => {
  it.each<[string, Step]>([
    ['without text', { text: '' }],
    ['of blanks', { text: ' \n ' }],
    ['of thoughts alone', { thinking: 'Hm.', text: '' }],
  ])('%s fails the worker with no_answer', async (_what, step) => {
    const { stage, session } = manyRetries();
    const { row, history } = await run(stage, session, scripted(step, step, step));
    expect(row).toMatchObject({
      reason: 'no_answer',
      error_hint: 'The turn ended without an answer.',
    });
    expect(history).toMatchObject({ status: 'failed', reason: 'no_answer' });
  });
});

it('a failed worker does not affect other workers, and can be resumed', async () => {
  const stage = await setStage();
  const session = await stage.connect({ env });
  const failing = await session.spawn(scripted({ error: { status: 400 } }));
  const fine = await session.spawn(scripted({ text: 'Fine.', delay_ms: 300 }));
  const { completed, failed } = await session.call('wait');
  expect(completed).toMatchObject([{ worker_id: fine }]);
  expect(failed).toMatchObject([{ worker_id: failing, reason: 'api_error' }]);

  const prompt = scripted({ text: 'Better now.' });
  await session.call('resume_worker', { worker_id: failing, prompt });
  const { history } = await settle(stage, session, failing);
  expect(history).toMatchObject({
    status: 'completed',
    result: 'Better now.',
    turns: [{ status: 'failed', reason: 'api_error' }, { status: 'completed' }],
  });
});
