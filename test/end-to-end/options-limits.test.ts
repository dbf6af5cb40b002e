import { describe, expect, it, vi } from 'vitest';
import type { Step } from '../../src/practice/script.ts';
import { bash, scripted } from './harness.ts';
import { shareSession } from './support-shared.ts';
import { run } from './support-worker.ts';

const nothing = bash('true');
const done: Step = { text: 'Done.' };
const allowed_tools = ['Bash'];
const shared = shareSession();

describe('a worker fails', () => {
  it('with max_turns when it needs more than max_turns answers', async () => {
    const { stage, session } = shared();
    const options = { max_turns: 2, allowed_tools };
    const prompt = scripted(nothing, nothing, nothing, done);
    const { row, history, requests } = await run(stage, session, prompt, options);
    expect(row).toMatchObject({
      reason: 'max_turns',
      error_hint: 'Reached maximum number of turns (2)',
    });
    expect(history).toMatchObject({ status: 'failed', reason: 'max_turns', result: null });
    expect(requests).toHaveLength(2);
  });

  it('with budget when it has spent more than max_budget_usd', async () => {
    const { stage, session } = shared();
    const dear: Step = { ...nothing, usage: { output_tokens: 100_000 } };
    const options = { max_budget_usd: 0.5, allowed_tools };
    const { row, history, requests } = await run(stage, session, scripted(dear, done), options);
    expect(row).toMatchObject({ reason: 'budget', error_hint: 'Reached maximum budget ($0.5)' });
    expect(history.total_cost_usd).toBeGreaterThan(0.5);
    expect(requests).toHaveLength(1);
  });

  it('with time_limit when its turn takes longer than timeout_seconds', async () => {
    const { stage, session } = shared();
    const options = { timeout_seconds: 0.5 };
    const prompt = scripted({ text: 'Wait for it', hang: true });
    const { row, history } = await run(stage, session, prompt, options);
    expect(row).toMatchObject({
      reason: 'time_limit',
      error_hint: 'The turn took longer than timeout_seconds.',
    });
    expect(history).toMatchObject({ status: 'failed', reason: 'time_limit' });
  });

  it('with time_limit while its permission request has no answer', async () => {
    const { stage, session } = shared();
    const id = await session.spawn(scripted(bash('touch made.txt'), done), { timeout_seconds: 4 });
    const { pending_permissions } = await session.call('wait');
    expect(pending_permissions).toHaveLength(1);
    // An open request ends a wait, so the test calls wait until the request is gone.
    await vi.waitFor(async () => {
      const { failed } = await session.call('wait');
      expect(failed).toMatchObject([{ worker_id: id, reason: 'time_limit' }]);
    }, 20_000);
    expect(await stage.history(id)).toMatchObject({
      turns: [{ permissions: [{ decision: 'unanswered' }] }],
    });
  });
});

it('a worker that stays within all its limits completes', async () => {
  const { stage, session } = shared();
  const limits = { max_turns: 2, max_budget_usd: 5, timeout_seconds: 100, allowed_tools };
  const { history } = await run(stage, session, scripted(nothing, done), limits);
  expect(history).toMatchObject({ status: 'completed', result: 'Done.', options: limits });
});
