import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { claude, type Stage, scripted, setStage } from './harness.ts';
import {
  knowOnly,
  modelsOf,
  startBedrock,
  writeAgent,
  writeUserSettings,
} from './support-models.ts';
import { bodyOf, run, settle } from './support-worker.ts';

const gateway = 'my-gateway-model';

/** Where a user may say which model there is, and what a worker needs to be told beside that. */
interface Surrounding {
  env?: Record<string, string>;
  args?: string[];
  settings?: object;
  options?: Record<string, unknown>;
}

describe('where the API knows one model only, a worker has the model that', () => {
  it.each<[string, Surrounding]>([
    ['ANTHROPIC_MODEL names', { env: { ANTHROPIC_MODEL: gateway } }],
    ['the user settings name', { settings: { model: gateway } }],
    ['the env of the user settings names', { settings: { env: { ANTHROPIC_MODEL: gateway } } }],
    [
      'an alias means to the user, which is the default',
      { env: { ANTHROPIC_DEFAULT_SONNET_MODEL: gateway }, settings: { model: 'sonnet' } },
    ],
    [
      'an alias of the call means to the user',
      { env: { ANTHROPIC_DEFAULT_SONNET_MODEL: gateway }, options: { model: 'sonnet' } },
    ],
    ['--default-model names', { args: ['--default-model', gateway] }],
    ['AWM_DEFAULT_MODEL names', { env: { AWM_DEFAULT_MODEL: gateway } }],
    [
      'the call names, whatever the user says',
      { env: { ANTHROPIC_MODEL: 'other' }, options: { model: gateway } },
    ],
  ])('%s', async (_where, { env = {}, args = [], settings, options }) => {
    const stage = await setStage();
    knowOnly(stage, gateway);
    if (settings) await writeUserSettings(stage, settings);
    const session = await stage.connect({ env, args });
    const worker = await run(stage, session, 'Hello.', options);
    expect(worker.history).toMatchObject({ status: 'completed', result: 'Done.', model: gateway });
    expect(modelsOf(worker)).toEqual([gateway]);
  });

  it("claude's own default is, where nobody says anything", async () => {
    const stage = await setStage();
    const worker = await run(stage, await stage.connect(), scripted({ text: 'Done.' }));
    const own = await ownModel(stage);
    expect(modelsOf(worker)).toEqual([own]);
    expect(worker.history).toMatchObject({ model: own });
    expect(worker.history.options).not.toHaveProperty('model');
  });

  it('ANTHROPIC_MODEL names for Bedrock', async () => {
    const stage = await setStage();
    const model = 'us.anthropic.claude-sonnet-4-20250514-v1:0';
    const bedrock = await startBedrock(model);
    const session = await stage.connect({ env: { ...bedrock.env, ANTHROPIC_MODEL: model } });
    const { history } = await run(stage, session, 'Hello.');
    expect(history).toMatchObject({ status: 'completed', result: 'Done.', model });
    expect(new Set(bedrock.asked)).toEqual(new Set([model]));
  });
});

describe('an agent type', () => {
  it.each<[string, string, Record<string, string>]>([
    [
      'with a full name in its file has that model',
      'claude-opus-4-6',
      { ANTHROPIC_MODEL: 'other' },
    ],
    [
      'with an alias in its file has what that means',
      'haiku',
      { ANTHROPIC_DEFAULT_HAIKU_MODEL: gateway },
    ],
    ['that inherits has the model of the user', 'inherit', { ANTHROPIC_MODEL: gateway }],
  ])('%s', async (_what, model, env) => {
    const stage = await setStage();
    await writeAgent(stage, 'critic', model);
    const expected = model.startsWith('claude-') ? model : gateway;
    knowOnly(stage, expected);
    const worker = await run(stage, await stage.connect({ env }), 'Hello.', {}, 'critic');
    expect(worker.history).toMatchObject({ status: 'completed', model: expected });
    expect(modelsOf(worker)).toEqual([expected]);
  });

  it("of claude's own has the model of the user", async () => {
    const stage = await setStage();
    knowOnly(stage, gateway);
    const session = await stage.connect({ env: { ANTHROPIC_MODEL: gateway } });
    const worker = await run(stage, session, 'Hello.', {}, 'Explore');
    expect(modelsOf(worker)).toEqual([gateway]);
  });
});

describe('a follow-up has the model of its worker', () => {
  it.each(['kept', 'new'])('in a %s process', async (process) => {
    const stage = await setStage();
    knowOnly(stage, gateway);
    const args = ['--keep-alive-seconds', process === 'kept' ? '60' : '0'];
    const session = await stage.connect({ env: { ANTHROPIC_MODEL: gateway }, args });
    const { id } = await run(stage, session, 'Hello.');
    if (process === 'new') await stage.journaled(id, 'EXITED');
    await session.call('resume_worker', { worker_id: id, prompt: 'Again.' });
    const worker = await settle(stage, session, id);
    expect(worker.history).toMatchObject({ status: 'completed' });
    expect(modelsOf(worker)).toEqual([gateway, gateway]);
  });

  it('but not one that was retired since', async () => {
    const stage = await setStage();
    const own = await ownModel(stage);
    const session = await stage.connect({ args: ['--keep-alive-seconds', '0'] });
    const options = { model: 'claude-3-5-haiku' };
    const { id } = await run(stage, session, scripted({ text: 'Done.' }), options);
    await stage.journaled(id, 'EXITED');
    const prompt = scripted({ text: 'Done again.' });
    expect(await session.call('resume_worker', { worker_id: id, prompt })).toEqual({
      worker_id: id,
      status: 'resumed',
      note: "Model claude-3-5-haiku was retired on 19 February 2026, so the conversation goes on with claude's default model.",
    });
    const worker = await settle(stage, session, id);
    expect(worker.history).toMatchObject({ status: 'completed', result: 'Done again.' });
    expect(modelsOf(worker)).toEqual(['claude-3-5-haiku', own]);
  });
});

it('a follow-up in the same process has no retired model either', async () => {
  const stage = await setStage();
  const own = await ownModel(stage);
  knowOnly(stage, own);
  const session = await stage.connect();
  const { id, row } = await run(stage, session, 'Hello.', { model: 'claude-3-5-haiku' });
  expect(row).toMatchObject({ reason: 'model_unavailable' });
  await session.call('resume_worker', { worker_id: id, prompt: 'Again.' });
  const worker = await settle(stage, session, id);
  expect(worker.history).toMatchObject({ status: 'completed', result: 'Done.', model: own });
  expect(await stage.journaled(id, 'PROCESS_STARTED')).toSatisfy(
    (records: { event: { type: string } }[]) =>
      records.filter(({ event }) => event.type === 'PROCESS_STARTED').length === 1,
  );
});

describe('sampling options without a model', () => {
  it('have one that takes them, the same for every temperature of a sweep', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const prompt = scripted({ text: 'Ten names.' });
    const answers = await Promise.all(
      [0, 0.5, 1].map((temperature) =>
        session.call('spawn_worker', { description: 'A name', prompt, options: { temperature } }),
      ),
    );
    for (const [index, answer] of answers.entries()) {
      expect(answer).toMatchObject({
        model: 'claude-sonnet-4-6',
        note: 'The sampling options need a model that takes them, so claude-sonnet-4-6 was chosen; name another one in options.model.',
      });
      const worker = await settle(stage, session, answer.worker_id);
      expect(bodyOf(worker)).toMatchObject({
        model: 'claude-sonnet-4-6',
        temperature: [0, 0.5, 1][index],
      });
      expect(worker.history).toMatchObject({
        status: 'completed',
        model: 'claude-sonnet-4-6',
        options: { model: 'claude-sonnet-4-6' },
      });
    }
  });

  it.each<[string, Surrounding]>([
    ['ANTHROPIC_MODEL', { env: { ANTHROPIC_MODEL: gateway } }],
    ['the user settings', { settings: { model: gateway } }],
    ['the env of the user settings', { settings: { env: { ANTHROPIC_MODEL: gateway } } }],
  ])('have the model of %s, when that takes them', async (_where, { env = {}, settings }) => {
    const stage = await setStage();
    knowOnly(stage, gateway);
    if (settings) await writeUserSettings(stage, settings);
    const session = await stage.connect({ env });
    const call = { description: 'A name', prompt: 'Hello.', options: { temperature: 0.2 } };
    const answer = await session.call('spawn_worker', call);
    expect(answer).not.toHaveProperty('model');
    const worker = await settle(stage, session, answer.worker_id);
    expect(bodyOf(worker)).toMatchObject({ model: gateway, temperature: 0.2 });
  });

  it('have another model than the one of the agent type, when that takes none', async () => {
    const stage = await setStage();
    await writeAgent(stage, 'critic', 'haiku');
    await writeAgent(stage, 'poet', 'claude-opus-4-6');
    const session = await stage.connect();
    const options = { top_k: 7 };
    const prompt = scripted({ text: 'Done.' });
    const critic = await run(stage, session, prompt, options, 'critic');
    expect(bodyOf(critic)).toMatchObject({ model: 'claude-sonnet-4-6', top_k: 7 });
    const poet = await run(stage, session, prompt, options, 'poet');
    expect(bodyOf(poet)).toMatchObject({ model: 'claude-opus-4-6', top_k: 7 });
  });
});

describe('sampling options with an alias', () => {
  const call = (options: object) => ({ description: 'A name', prompt: 'Hello.', options });

  it('are taken when it means a model that takes them', async () => {
    const stage = await setStage();
    knowOnly(stage, gateway);
    await writeUserSettings(stage, { env: { ANTHROPIC_DEFAULT_SONNET_MODEL: gateway } });
    const session = await stage.connect();
    const worker = await run(stage, session, 'Hello.', { model: 'sonnet', temperature: 0.2 });
    expect(bodyOf(worker)).toMatchObject({ model: gateway, temperature: 0.2 });
  });

  it('are refused when it means one that takes none', async () => {
    const stage = await setStage();
    await writeUserSettings(stage, { env: { ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-opus-5' } });
    const session = await stage.connect();
    const refused = (model: string) =>
      `Model ${model} takes no sampling options, but temperature was given; leave that out or choose a model such as claude-sonnet-4-6.`;
    for (const [model, means] of [
      ['haiku', 'claude-opus-5'],
      ['claude-opus-4-1', await ownModel(stage)],
    ]) {
      const options = { model, temperature: 0.2 };
      expect(await session.refusal('spawn_worker', call(options))).toBe(
        refused(`${model} (here ${means})`),
      );
      const fallback = { model: gateway, fallback_model: model, temperature: 0.2 };
      expect(await session.refusal('spawn_worker', call(fallback))).toBe(
        refused(`${model} (here ${means})`),
      );
    }
  });

  it('ask claude without a hook, a session or a request', async () => {
    const stage = await setStage();
    const hooks = [{ hooks: [{ type: 'command', command: 'echo ran >> "$HOME/hooks"' }] }];
    await writeUserSettings(stage, { hooks: { SessionStart: hooks, SessionEnd: hooks } });
    const session = await stage.connect();
    await session.refusal('spawn_worker', call({ model: 'opus', temperature: 0.2 }));
    expect(await readdir(stage.home)).not.toContain('hooks');
    expect(await readdir(`${stage.home}/.claude`)).not.toContain('projects');
    expect(stage.api.requests).toEqual([]);
  });
});

describe('a model that the API does not have', () => {
  const advice =
    'Name another one in options.model, or for all workers in --default-model. This claude knows ';

  it.each<[string, Surrounding, string]>([
    ['of the call', { options: { model: 'claude-sonnet-9' } }, 'claude-sonnet-9'],
    ['of the server', { args: ['--default-model', 'claude-sonnet-9'] }, 'claude-sonnet-9'],
    ['of the user', { env: { ANTHROPIC_MODEL: 'claude-sonnet-9' } }, 'claude-sonnet-9'],
  ])('%s fails the worker with model_unavailable', async (_whose, given, model) => {
    const stage = await setStage();
    knowOnly(stage, gateway);
    const session = await stage.connect({ args: given.args ?? [], env: given.env ?? {} });
    const { row, history } = await run(stage, session, 'Hello.', given.options);
    expect(row).toMatchObject({
      reason: 'model_unavailable',
      error_hint: `The API has no model ${model} for this account (404). ${advice}default, opus, fable, sonnet, haiku, ${model}.`,
    });
    expect(history).toMatchObject({ reason: 'model_unavailable', error_hint: row.error_hint });
  });

  it('is named by its full name when an alias stands for it, also on Bedrock', async () => {
    const stage = await setStage();
    const bedrock = await startBedrock('none');
    const session = await stage.connect({ env: bedrock.env });
    const { row } = await run(stage, session, 'Hello.', { model: 'claude-sonnet-4-6' });
    expect(row.reason).toBe('model_unavailable');
    expect(row.error_hint).toContain('The API has no model claude-sonnet-4-6 for this account');
    expect(row.error_hint).toContain(`${advice}default, us.anthropic.claude-`);
    expect(row.error_hint).toMatch(/ and others\.$/);
    expect(row.error_hint).not.toContain('--model ');
    expect(row.error_hint.length).toBeLessThanOrEqual(300);
  });

  it('can be asked again when the API has it', async () => {
    const stage = await setStage();
    knowOnly(stage, gateway);
    const session = await stage.connect();
    const { id, row } = await run(stage, session, 'Hello.', { model: 'claude-sonnet-4-6' });
    expect(row.reason).toBe('model_unavailable');
    knowOnly(stage, 'claude-sonnet-4-6');
    await session.call('resume_worker', { worker_id: id, prompt: 'Again.' });
    expect((await settle(stage, session, id)).history.result).toBe('Done.');
  });
});

describe('a spawn says in its note', () => {
  it.each<[Record<string, unknown>, string]>([
    [
      { model: 'claude-3-opus' },
      'Model claude-3-opus was retired on 5 January 2026; choose a newer one in options.model.',
    ],
    [
      { model: 'claude-sonnet-5-5', thinking: false },
      'Model claude-sonnet-5-5 always thinks, so thinking: false changes nothing.',
    ],
  ])('what there is to know of the model of %j', async (options, note) => {
    const stage = await setStage();
    const session = await stage.connect();
    const prompt = scripted({ text: 'Done.' });
    const answer = await session.call('spawn_worker', { description: 'A', prompt, options });
    expect(answer).toEqual({ worker_id: answer.worker_id, status: 'spawning', note });
  });
});

/** The model that `claude` takes by itself in this place, as its own answer to a bare prompt tells. */
async function ownModel(stage: Stage): Promise<string> {
  const env = { PATH: process.env.PATH ?? '', HOME: stage.home, ...stage.api.environment() };
  const before = stage.api.requests.length;
  const asked = promisify(execFile)(claude, ['-p', scripted({ text: 'Done.' })], {
    ...{ cwd: stage.project, env },
  });
  asked.child.stdin?.end();
  await asked;
  const [model] = modelsOf({ requests: stage.api.requests.slice(before) });
  return String(model);
}
