import { describe, expect, it } from 'vitest';
import { scripted, setStage } from './harness.ts';
import { shareSession } from './support-shared.ts';
import { bodyOf, run, systemOf } from './support-worker.ts';

const prompt = scripted({ text: 'Done.' });
const shared = shareSession();

it('a worker without options has the defaults of claude, without thinking', async () => {
  const stage = await setStage();
  const session = await stage.connect({ env: { ANTHROPIC_MODEL: 'claude-haiku-4-5' } });
  const worker = await run(stage, session, prompt);
  expect(bodyOf(worker)).toMatchObject({
    model: 'claude-haiku-4-5',
    max_tokens: 32_000,
    thinking: { type: 'disabled' },
    temperature: 1,
  });
  expect(bodyOf(worker)).not.toHaveProperty('top_p');
  expect(bodyOf(worker)).not.toHaveProperty('top_k');
  expect(worker.history.options).toEqual({
    temperature: 1,
    thinking: false,
    permission_mode: 'default',
  });
});

describe('the API request has', () => {
  it.each([
    ['model', { model: 'claude-haiku-4-5' }, { model: 'claude-haiku-4-5' }],
    ['temperature', { temperature: 0.3 }, { temperature: 0.3 }],
    ['a temperature of 0', { temperature: 0 }, { temperature: 0 }],
    ['top_k', { top_k: 40 }, { top_k: 40 }],
    ['max_tokens', { max_tokens: 3000 }, { max_tokens: 3000 }],
    [
      'effort, for a model that supports it',
      { model: 'claude-opus-4-6', effort: 'low' },
      { output_config: { effort: 'low' } },
    ],
    [
      'temperature and top_k together',
      { temperature: 0.7, top_k: 5 },
      { temperature: 0.7, top_k: 5 },
    ],
  ])('%s', async (_what, options, expected) => {
    const { stage, session } = shared();
    const worker = await run(stage, session, prompt, options);
    expect(bodyOf(worker)).toMatchObject(expected);
    expect(worker.history.options).toMatchObject(options);
  });

  // Models of the fourth generation refuse a request with both, at any temperature.
  it('top_p without a temperature', async () => {
    const { stage, session } = shared();
    const worker = await run(stage, session, prompt, { top_p: 0.9 });
    expect(bodyOf(worker)).toMatchObject({ top_p: 0.9, thinking: { type: 'disabled' } });
    expect(bodyOf(worker)).not.toHaveProperty('temperature');
  });

  it('a thinking budget smaller than max_tokens', async () => {
    const { stage, session } = shared();
    const options = { model: 'claude-haiku-4-5', thinking: true, max_tokens: 2048, top_p: 0.95 };
    const { requests } = await run(stage, session, prompt, options);
    const { thinking, max_tokens, top_p } = bodyOf({ requests });
    expect(thinking).toMatchObject({ type: 'enabled' });
    expect(thinking.budget_tokens).toBeGreaterThanOrEqual(1024);
    expect(thinking.budget_tokens).toBeLessThan(max_tokens);
    expect(top_p).toBe(0.95);
  });

  it('a thinking budget that leaves tokens for the answer, also without max_tokens', async () => {
    const { stage, session } = shared();
    const options = { model: 'claude-haiku-4-5', thinking: true };
    const { thinking, max_tokens } = bodyOf(await run(stage, session, prompt, options));
    expect({ max_tokens, ...thinking }).toMatchObject({
      ...{ max_tokens: 32_000, type: 'enabled', budget_tokens: 16_000 },
    });
  });
});

it('system replaces the system prompt, append_system adds to it', async () => {
  const { stage, session } = shared();
  const preset =
    systemOf(await run(stage, session, prompt))
      .at(-1)
      ?.slice(0, 100) ?? '';
  const system = 'You are a parrot.';
  const append_system = 'Say everything twice.';

  const replaced = systemOf(await run(stage, session, prompt, { system }));
  expect(replaced.at(-1)).toBe(system);
  expect(replaced.join('\n')).not.toContain(preset);

  const appended = systemOf(await run(stage, session, prompt, { append_system })).join('\n');
  expect(appended).toContain(preset);
  expect(appended).toContain(append_system);

  const both = systemOf(await run(stage, session, prompt, { system, append_system }));
  expect(both.at(-1)).toBe(`${system}\n\n${append_system}`);
});

it('texts with quotes, line ends and any script reach the API unchanged', async () => {
  const { stage, session } = shared();
  const system = `"Quotes", 'more', $HOME \`id\`\n--model x\u2028 日本語 🦜`;
  const worker = await run(stage, session, prompt, { system });
  expect(systemOf(worker).at(-1)).toBe(system);
});
