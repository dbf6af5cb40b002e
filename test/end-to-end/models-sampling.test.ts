import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { scripted, setStage } from './harness.ts';
import {
  gateway,
  knowOnly,
  type ModelSetting,
  ownModel,
  startBedrock,
  writeAgent,
  writeUserSettings,
} from './support-models.ts';
import { bodyOf, run, settle } from './support-worker.ts';

describe('sampling options without a model', () => {
  it('get a model that accepts them, the same for every temperature', async () => {
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

  it.each<[string, ModelSetting]>([
    ['ANTHROPIC_MODEL', { env: { ANTHROPIC_MODEL: gateway } }],
    ['the user settings', { settings: { model: gateway } }],
    ['the env of the user settings', { settings: { env: { ANTHROPIC_MODEL: gateway } } }],
  ])('get the model of %s when it accepts them', async (_where, { env = {}, settings }) => {
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

  it('get a model that accepts them on Bedrock too', async () => {
    const stage = await setStage();
    const bedrock = await startBedrock('us.anthropic.claude-sonnet-4-6');
    const session = await stage.connect({ env: bedrock.env });
    const { history } = await run(stage, session, 'Hello.', { temperature: 0.2 });
    expect(history).toMatchObject({ status: 'completed', result: 'Done.' });
    expect(new Set(bedrock.models)).toEqual(new Set(['us.anthropic.claude-sonnet-4-6']));
  });

  it('get another model when the model of the agent type accepts none', async () => {
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

  it('are accepted when the alias stands for a model that accepts them', async () => {
    const stage = await setStage();
    knowOnly(stage, gateway);
    await writeUserSettings(stage, { env: { ANTHROPIC_DEFAULT_SONNET_MODEL: gateway } });
    const session = await stage.connect();
    const worker = await run(stage, session, 'Hello.', { model: 'sonnet', temperature: 0.2 });
    expect(bodyOf(worker)).toMatchObject({ model: gateway, temperature: 0.2 });
  });

  it('are refused when the alias stands for a model that accepts none', async () => {
    const stage = await setStage();
    await writeUserSettings(stage, { env: { ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-opus-5' } });
    const session = await stage.connect();
    const refused = (model: string) =>
      `Model ${model} takes no sampling options, but temperature was given; leave that out or choose a model such as claude-sonnet-4-6.`;
    for (const [model, means] of [
      ['haiku', 'claude-opus-5'],
      ['claude-opus-4-1', await ownModel()],
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

  it('make the server ask claude without a hook, a session or an API request', async () => {
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
