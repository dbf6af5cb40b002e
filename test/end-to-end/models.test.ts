import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { claude, openStage, type Stage, scripted, setStage } from './harness.ts';
import {
  knowOnly,
  modelsOf,
  startBedrock,
  writeAgent,
  writeUserSettings,
} from './support-models.ts';
import { untilStandbyWaits } from './support-standby.ts';
import { bodyOf, run, settle } from './support-worker.ts';

const gateway = 'my-gateway-model';

/** Where a user may say which model there is, and what a worker needs to be told beside that. */
interface Surrounding {
  env?: Record<string, string>;
  args?: string[];
  settings?: object;
  options?: Record<string, unknown>;
}

/** The model that `claude` takes by itself, as its request for a bare prompt says. */
let own = '';

beforeAll(async () => {
  const { stage, takeDown } = await openStage();
  const env = { PATH: process.env.PATH ?? '', HOME: stage.home, ...stage.api.environment() };
  const asked = promisify(execFile)(claude, ['-p', scripted({ text: 'Done.' })], {
    ...{ cwd: stage.project, env },
  });
  asked.child.stdin?.end();
  await asked;
  own = String(modelsOf(stage.api)[0]);
  await takeDown();
});

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
    expect(new Set(bedrock.models)).toEqual(new Set([model]));
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
  it('in a kept process', async () => {
    const stage = await setStage();
    knowOnly(stage, gateway);
    const session = await stage.connect({ env: { ANTHROPIC_MODEL: gateway } });
    const { id } = await run(stage, session, 'Hello.');
    await session.call('resume_worker', { worker_id: id, prompt: 'Again.' });
    expect(modelsOf(await settle(stage, session, id))).toEqual([gateway, gateway]);
  });

  it('in a new process of a later server, to whose claude nobody names it', async () => {
    const stage = await setStage();
    knowOnly(stage, gateway);
    const args = ['--keep-alive-seconds', '0'];
    const first = await stage.connect({ env: { ANTHROPIC_MODEL: gateway }, args });
    const { id } = await run(stage, first, 'Hello.');
    await stage.journaled(id, 'EXITED');
    await first.close();
    const second = await stage.connect();
    await second.call('resume_worker', { worker_id: id, prompt: 'Again.' });
    const worker = await settle(stage, second, id);
    expect(worker.history).toMatchObject({ status: 'completed', model: gateway });
    expect(modelsOf(worker)).toEqual([gateway, gateway]);
  });
});

describe('when the API has the model of a conversation no more, a follow-up', () => {
  /** A worker that was answered once, and then failed because its model had gone. */
  async function stranded(stage: Stage, options: Record<string, unknown>, model: string) {
    const session = await stage.connect();
    knowOnly(stage, model);
    const { id, row } = await run(stage, session, 'Hello.', options);
    expect(row).not.toHaveProperty('reason');
    knowOnly(stage, gateway);
    await session.call('resume_worker', { worker_id: id, prompt: 'Again.' });
    expect((await settle(stage, session, id)).row.reason).toBe('model_unavailable');
    return { session, worker_id: id };
  }

  it('of a worker without a model has the model that its user has now', async () => {
    const stage = await setStage();
    const { session, worker_id } = await stranded(stage, {}, own);
    await writeUserSettings(stage, { env: { ANTHROPIC_DEFAULT_OPUS_MODEL: gateway } });
    expect(await session.call('resume_worker', { worker_id, prompt: 'Go on.' })).toEqual({
      worker_id,
      status: 'resumed',
      note: `The API does not have model ${own} any more, so the conversation goes on with ${gateway}[1m].`,
    });
    const { history } = await settle(stage, session, worker_id);
    expect(history).toMatchObject({ status: 'completed', result: 'Done.', model: gateway });
    await session.call('stop_worker', { worker_ids: [worker_id] });
    await session.call('resume_worker', { worker_id, prompt: 'And on.' });
    const worker = await settle(stage, session, worker_id);
    expect(worker.history).toMatchObject({ status: 'completed' });
    expect(modelsOf(worker).slice(-2)).toEqual([gateway, gateway]);
  });

  it('of a worker with the default of version 0.1.0 has the model that its user has', async () => {
    const stage = await setStage();
    await writeUserSettings(stage, { model: gateway });
    const old = { model: 'claude-sonnet-4-5', max_tokens: 4096 };
    const { session, worker_id } = await stranded(stage, old, old.model);
    const { note } = await session.call('resume_worker', { worker_id, prompt: 'Go on.' });
    expect(note).toContain(`goes on with ${gateway}.`);
    const { history } = await settle(stage, session, worker_id);
    expect(history).toMatchObject({ status: 'completed', model: gateway, options: old });
  });

  it('of a worker with a model that somebody named has that model, which may come back', async () => {
    const stage = await setStage();
    await writeUserSettings(stage, { model: gateway });
    const model = 'claude-haiku-4-5';
    const { session, worker_id } = await stranded(stage, { model }, model);
    knowOnly(stage, model);
    const call = { worker_id, prompt: 'Go on.' };
    expect(await session.call('resume_worker', call)).toEqual({ worker_id, status: 'resumed' });
    const worker = await settle(stage, session, worker_id);
    expect(worker.history).toMatchObject({ status: 'completed', model });
    expect(new Set(modelsOf(worker))).toEqual(new Set([model]));
  });
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
        note: 'Sampling options need a model that takes them, and the call names none, so claude-sonnet-4-6 was chosen. Name another one in options.model.',
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

  it('have one that takes them on Bedrock too', async () => {
    const stage = await setStage();
    const bedrock = await startBedrock('us.anthropic.claude-sonnet-4-6');
    const session = await stage.connect({ env: bedrock.env });
    const { history } = await run(stage, session, 'Hello.', { temperature: 0.2 });
    expect(history).toMatchObject({ status: 'completed', result: 'Done.' });
    expect(new Set(bedrock.models)).toEqual(new Set(['us.anthropic.claude-sonnet-4-6']));
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
      ['claude-opus-4-1', own],
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
    'it is not there, or not for this account. Name another one in options.model, or for all workers in --default-model. This claude knows ';

  it.each<[string, Surrounding]>([
    ['of the call', { options: { model: 'claude-sonnet-9' } }],
    ['of the server', { args: ['--default-model', 'claude-sonnet-9'] }],
    ['of the user', { env: { ANTHROPIC_MODEL: 'claude-sonnet-9' } }],
  ])('%s fails the worker with model_unavailable', async (_whose, given) => {
    const stage = await setStage();
    knowOnly(stage, gateway);
    const session = await stage.connect({ args: given.args ?? [], env: given.env ?? {} });
    const { row, history } = await run(stage, session, 'Hello.', given.options);
    expect(row).toMatchObject({
      reason: 'model_unavailable',
      error_hint: `The API answered 404 for model claude-sonnet-9: ${advice}default, opus, fable, sonnet, haiku.`,
    });
    expect(history).toMatchObject({ reason: 'model_unavailable', error_hint: row.error_hint });
  });

  it("is claude's own where nobody names one, and is told by its full name", async () => {
    const stage = await setStage();
    knowOnly(stage, gateway);
    const { row } = await run(stage, await stage.connect(), 'Hello.');
    expect(row.reason).toBe('model_unavailable');
    expect(row.error_hint).toContain(`404 for model ${own}: ${advice}default, opus`);
  });

  it('is told on Bedrock too, with as many names as there is room for', async () => {
    const stage = await setStage();
    const bedrock = await startBedrock('none');
    const session = await stage.connect({ env: bedrock.env });
    const { row } = await run(stage, session, 'Hello.', { model: 'claude-sonnet-4-6' });
    expect(row.reason).toBe('model_unavailable');
    expect(row.error_hint).toContain(`model claude-sonnet-4-6: ${advice}default, us.anthropic.`);
    expect(row.error_hint).toMatch(/ and others\.$/);
    expect(row.error_hint).not.toContain('--model ');
  });

  it.each([
    ['in a process of its own', '0'],
    ['when a process waits for the next worker', '1'],
  ])('is asked for once and no other runs in its place, %s', async (_where, standby) => {
    const stage = await setStage();
    knowOnly(stage, own);
    const session = await stage.connect({ args: ['--standby', standby] });
    await run(stage, session, 'Hello.');
    if (standby === '1') await untilStandbyWaits(stage);
    const worker = await run(stage, session, 'Secret.', { model: 'claude-sonnet-9' });
    expect(worker.row.reason).toBe('model_unavailable');
    expect(new Set(modelsOf(worker))).toEqual(new Set(['claude-sonnet-9']));
  });
});

describe('a spawn says in its note', () => {
  it.each<[Record<string, unknown>, string]>([
    [
      { model: 'claude-3-opus' },
      'Model claude-3-opus was retired on 5 January 2026. Choose a newer one in options.model.',
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
