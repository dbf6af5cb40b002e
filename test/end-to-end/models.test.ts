import { describe, expect, it } from 'vitest';
import { scripted, setStage } from './harness.ts';
import {
  gateway,
  knowOnly,
  type ModelSetting,
  modelsOf,
  ownModel,
  startBedrock,
  writeAgent,
  writeUserSettings,
} from './support-models.ts';
import { run, settle } from './support-worker.ts';

describe('where the API knows one model only, a worker has the model that', () => {
  it.each<[string, ModelSetting]>([
    ['ANTHROPIC_MODEL names', { env: { ANTHROPIC_MODEL: gateway } }],
    ['the user settings name', { settings: { model: gateway } }],
    ['the env of the user settings names', { settings: { env: { ANTHROPIC_MODEL: gateway } } }],
    [
      'the user gives to an alias, where the alias is the default',
      { env: { ANTHROPIC_DEFAULT_SONNET_MODEL: gateway }, settings: { model: 'sonnet' } },
    ],
    [
      'the user gives to an alias, where the call names the alias',
      { env: { ANTHROPIC_DEFAULT_SONNET_MODEL: gateway }, options: { model: 'sonnet' } },
    ],
    ['--default-model names', { args: ['--default-model', gateway] }],
    ['AWM_DEFAULT_MODEL names', { env: { AWM_DEFAULT_MODEL: gateway } }],
    [
      'the call names, although the user names another',
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

  it("is claude's default, where no setting names one", async () => {
    const stage = await setStage();
    const worker = await run(stage, await stage.connect(), scripted({ text: 'Done.' }));
    const own = await ownModel();
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
      'with an alias in its file has the model of that alias',
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

  it('that is built into claude has the model of the user', async () => {
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

  it('in a new process of a later server without the setting', async () => {
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

describe('the note of a spawn has', () => {
  it.each<[Record<string, unknown>, string]>([
    [
      { model: 'claude-3-opus' },
      'Model claude-3-opus was retired on 5 January 2026. Choose a newer one in options.model.',
    ],
    [
      { model: 'claude-sonnet-5-5', thinking: false },
      'Model claude-sonnet-5-5 always thinks, so thinking: false changes nothing.',
    ],
  ])('a fact about the model of %j', async (options, note) => {
    const stage = await setStage();
    const session = await stage.connect();
    const prompt = scripted({ text: 'Done.' });
    const answer = await session.call('spawn_worker', { description: 'A', prompt, options });
    expect(answer).toEqual({ worker_id: answer.worker_id, status: 'spawning', note });
  });
});
