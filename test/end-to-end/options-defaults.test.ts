import { expect, it } from 'vitest';
import { scripted, setStage } from './harness.ts';
import { bodyOf, requestsOf, run, settle, systemOf } from './support-worker.ts';

const prompt = scripted({ text: 'Done.' });

it('environment variables of the server set the defaults of every worker', async () => {
  const stage = await setStage();
  const session = await stage.connect({
    env: {
      AWM_DEFAULT_MODEL: 'claude-opus-4-6',
      AWM_DEFAULT_SYSTEM: 'You are a parrot.',
      AWM_DEFAULT_APPEND_SYSTEM: 'Say everything twice.',
      AWM_DEFAULT_TEMPERATURE: '0.3',
      AWM_DEFAULT_TOP_K: '7',
      AWM_DEFAULT_MAX_TOKENS: '2000',
      AWM_DEFAULT_THINKING: 'false',
      AWM_DEFAULT_EFFORT: 'low',
      AWM_DEFAULT_PERMISSION_MODE: 'acceptEdits',
      AWM_DEFAULT_MAX_TURNS: '3',
      AWM_DEFAULT_MAX_BUDGET_USD: '2.5',
      AWM_DEFAULT_TIMEOUT_SECONDS: '90',
      AWM_DEFAULT_FALLBACK_MODEL: 'claude-haiku-4-5',
    },
  });
  const worker = await run(stage, session, prompt);
  expect(worker.history.options).toEqual({
    model: 'claude-opus-4-6',
    system: 'You are a parrot.',
    append_system: 'Say everything twice.',
    temperature: 0.3,
    top_k: 7,
    max_tokens: 2000,
    thinking: false,
    effort: 'low',
    permission_mode: 'acceptEdits',
    max_turns: 3,
    max_budget_usd: 2.5,
    timeout_seconds: 90,
    fallback_model: 'claude-haiku-4-5',
  });
  expect(bodyOf(worker)).toMatchObject({
    model: 'claude-opus-4-6',
    temperature: 0.3,
    top_k: 7,
    max_tokens: 2000,
    thinking: { type: 'disabled' },
    output_config: { effort: 'low' },
  });
  expect(systemOf(worker).at(-1)).toBe('You are a parrot.\n\nSay everything twice.');
});

it('a flag replaces an environment variable, and an option of the worker replaces both', async () => {
  const stage = await setStage();
  const session = await stage.connect({
    args: ['--default-model', 'claude-haiku-4-5', '--default-max-tokens=3000'],
    env: {
      AWM_DEFAULT_MODEL: 'claude-opus-4-6',
      AWM_DEFAULT_MAX_TOKENS: '2000',
      AWM_DEFAULT_TOP_K: '7',
    },
  });
  const plain = await run(stage, session, prompt);
  expect(bodyOf(plain)).toMatchObject({ model: 'claude-haiku-4-5', max_tokens: 3000, top_k: 7 });
  const own = await run(stage, session, prompt, { model: 'claude-sonnet-4-6', max_tokens: 1000 });
  expect(bodyOf(own)).toMatchObject({ model: 'claude-sonnet-4-6', max_tokens: 1000, top_k: 7 });
});

it('a default that conflicts with the options of a worker is refused by name', async () => {
  const stage = await setStage();
  const session = await stage.connect({ env: { AWM_DEFAULT_TEMPERATURE: '0.3' } });
  const options = { thinking: true };
  expect(await session.refusal('spawn_worker', { description: 'a', prompt, options })).toBe(
    'temperature cannot be combined with thinking: found temperature 0.3 with thinking on; leave one of them out.',
  );
});

const options = {
  model: 'claude-opus-4-6',
  system: 'You are a parrot.',
  temperature: 0.2,
  top_k: 9,
  max_tokens: 1500,
  effort: 'low',
  disallowed_tools: ['Bash'],
  max_turns: 9,
};

/** The API request of a worker with these options, in every turn. */
const expected = {
  model: 'claude-opus-4-6',
  temperature: 0.2,
  top_k: 9,
  max_tokens: 1500,
  thinking: { type: 'disabled' },
  output_config: { effort: 'low' },
};

it('a resumed worker keeps its options in a new process', async () => {
  const stage = await setStage();
  const session = await stage.connect({ args: ['--keep-alive-seconds', '0'] });
  const { id, history } = await run(stage, session, prompt, options);
  await stage.journaled(id, 'EXITED');

  await session.call('resume_worker', { worker_id: id, prompt });
  const resumed = await settle(stage, session, id);
  await stage.journaled(id, 'PROCESS_STARTED', 2);
  expect(requestsOf(stage, history.session_id)).toHaveLength(2);
  expect(bodyOf(resumed)).toMatchObject(expected);
  expect(bodyOf(resumed).messages.length).toBeGreaterThan(1);
  expect(systemOf(resumed).at(-1)).toBe('You are a parrot.');
  expect(JSON.stringify(bodyOf(resumed).tools)).not.toContain('"name":"Bash"');
  expect(resumed.history.options).toEqual(history.options);
});

it('a worker that a later server resumes keeps the defaults of its spawn', async () => {
  const stage = await setStage();
  const first = await stage.connect({
    args: ['--keep-alive-seconds', '0'],
    env: { AWM_DEFAULT_TEMPERATURE: '0.2', AWM_DEFAULT_MAX_TOKENS: '1500' },
  });
  const { id, history } = await run(stage, first, prompt);
  await stage.journaled(id, 'EXITED');
  await first.close();

  const second = await stage.connect({ env: { AWM_DEFAULT_MODEL: 'claude-haiku-4-5' } });
  await second.call('resume_worker', { worker_id: id, prompt });
  const resumed = await settle(stage, second, id);
  expect(bodyOf(resumed)).toMatchObject({
    model: 'claude-sonnet-4-6',
    temperature: 0.2,
    max_tokens: 1500,
  });
  expect(resumed.history.options).toEqual(history.options);
});
