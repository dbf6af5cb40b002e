import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/practice/script.ts';
import { scripted, setStage } from './harness.ts';
import { shareSession } from './support-shared.ts';
import { bodyOf, run, settle } from './support-worker.ts';

const write = (file_path: string, content: string): Step => ({
  tools: [{ name: 'Write', input: { file_path, content } }],
});
const cut = (step: Step): Step => ({ ...step, stop_reason: 'max_tokens' });
const acceptEdits = { permission_mode: 'acceptEdits' };
const shared = shareSession();

it('a worker with default options writes a file of 20 KB', async () => {
  const stage = await setStage();
  const path = join(stage.project, 'long.txt');
  const content = 'A line of forty characters, as it seems.\n'.repeat(512).slice(0, 20 * 1024);
  const prompt = scripted(write(path, content), { text: 'Written.' });
  const worker = await run(stage, await stage.connect(), prompt, acceptEdits);
  expect(worker.history).toMatchObject({ status: 'completed', result: 'Written.' });
  expect(worker.row).not.toHaveProperty('warning');
  expect(await readFile(path, 'utf8')).toBe(content);
  // A token has about four characters.
  expect(bodyOf(worker).max_tokens).toBeGreaterThan(content.length / 4);
});

describe('the limit of output tokens', () => {
  it.each<[string, Record<string, string>, Record<string, unknown>, number]>([
    ["is claude's default", {}, {}, 32_000],
    ["is the user's setting", { CLAUDE_CODE_MAX_OUTPUT_TOKENS: '9000' }, {}, 9000],
    ["is the server's setting", { AWM_DEFAULT_MAX_TOKENS: '8000' }, {}, 8000],
    [
      'is the option of the call, before all settings',
      { AWM_DEFAULT_MAX_TOKENS: '8000', CLAUDE_CODE_MAX_OUTPUT_TOKENS: '9000' },
      { max_tokens: 3000 },
      3000,
    ],
  ])('%s', async (_what, env, options, max_tokens) => {
    const stage = await setStage();
    const session = await stage.connect({ env });
    const model = 'claude-sonnet-4-6';
    const prompt = scripted({ text: 'Done.' });
    expect(bodyOf(await run(stage, session, prompt, { model, ...options }))).toMatchObject({
      ...{ model, max_tokens },
    });
  });
});

describe('a turn whose answers are cut at the limit names the option that raises it', () => {
  const advice = 'raise options.max_tokens, or ask for smaller parts.';

  it('when tool calls were cut, and the turn completes although nothing was written', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const path = join(stage.project, 'long.txt');
    const calls = Array.from({ length: 10 }, () => cut(write(path, 'Too long.')));
    const prompt = scripted(...calls, { text: 'All is written.' });
    const { id, row, history } = await run(stage, session, prompt, acceptEdits);
    const warning = `10 answers of this turn were cut at the limit of output tokens; ${advice}`;
    expect(row).toMatchObject({ worker_id: id, warning });
    expect(history).toMatchObject({ status: 'completed', warning, turns: [{ warning }] });
    await expect(readFile(path)).rejects.toThrow('ENOENT');

    await session.call('resume_worker', { worker_id: id, prompt: scripted({ text: 'Fine.' }) });
    const next = await settle(stage, session, id);
    expect(next.row).not.toHaveProperty('warning');
    expect(next.history).not.toHaveProperty('warning');
    expect(next.history.turns).toMatchObject([{ warning }, { result: 'Fine.' }]);
  });

  it('when a text was cut once and continued', async () => {
    const { stage, session } = shared();
    const prompt = scripted(cut({ text: 'The first half,' }), { text: ' and the second.' });
    const { row } = await run(stage, session, prompt);
    expect(row.warning).toBe(
      `1 answer of this turn was cut at the limit of output tokens; ${advice}`,
    );
  });

  it('when claude stops retrying', async () => {
    const { stage, session } = shared();
    const prompt = scripted(...Array.from({ length: 9 }, () => cut({ text: 'Half.' })));
    const options = { max_tokens: 4096 };
    const { row } = await run(stage, session, prompt, options);
    expect(row).toMatchObject({
      reason: 'api_error',
      error_hint:
        'claude tried again and again, and each answer was longer than 4096 tokens. Raise options.max_tokens, or ask for smaller parts.',
    });
  });
});
