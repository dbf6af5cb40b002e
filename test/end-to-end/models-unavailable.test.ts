import { beforeAll, describe, expect, it } from 'vitest';
import { type Stage, setStage } from './harness.ts';
import {
  gateway,
  knowOnly,
  type ModelSetting,
  modelsOf,
  ownModel,
  startBedrock,
  writeUserSettings,
} from './support-models.ts';
import { untilStandbyWaits } from './support-standby.ts';
import { run, settle } from './support-worker.ts';

/** The model that `claude` uses by default. */
let own = '';
beforeAll(async () => {
  own = await ownModel();
});

describe('a model that the API does not have', () => {
  const advice =
    'it is not there, or not for this account. Name another one in options.model, or for all workers in --default-model. This claude knows ';

  it.each<[string, ModelSetting]>([
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

  it("has its full name in the hint, also when it is claude's default", async () => {
    const stage = await setStage();
    knowOnly(stage, gateway);
    const { row } = await run(stage, await stage.connect(), 'Hello.');
    expect(row.reason).toBe('model_unavailable');
    expect(row.error_hint).toContain(`404 for model ${own}: ${advice}default, opus`);
  });

  it('is reported on Bedrock too, with as many known names as fit', async () => {
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
    ['in a new process', '0'],
    ['in a standby process', '1'],
  ])('is not replaced by another model, %s', async (_where, standby) => {
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

describe('when the API has removed the model of a conversation, a follow-up', () => {
  /** Runs a worker that completes one turn and fails the next, because the API has removed its model. */
  async function workerWithoutModel(stage: Stage, options: Record<string, unknown>, model: string) {
    const session = await stage.connect();
    knowOnly(stage, model);
    const { id, row } = await run(stage, session, 'Hello.', options);
    expect(row).not.toHaveProperty('reason');
    knowOnly(stage, gateway);
    await session.call('resume_worker', { worker_id: id, prompt: 'Again.' });
    expect((await settle(stage, session, id)).row.reason).toBe('model_unavailable');
    return { session, worker_id: id };
  }

  it('of a worker without a model has the current model of the user', async () => {
    const stage = await setStage();
    const { session, worker_id } = await workerWithoutModel(stage, {}, own);
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

  it('of a worker with the default of version 0.1.0 has the model of the user', async () => {
    const stage = await setStage();
    await writeUserSettings(stage, { model: gateway });
    const old = { model: 'claude-sonnet-4-5', max_tokens: 4096 };
    const { session, worker_id } = await workerWithoutModel(stage, old, old.model);
    const { note } = await session.call('resume_worker', { worker_id, prompt: 'Go on.' });
    expect(note).toContain(`goes on with ${gateway}.`);
    const { history } = await settle(stage, session, worker_id);
    expect(history).toMatchObject({ status: 'completed', model: gateway, options: old });
  });

  it('of a worker with a named model keeps that model, which can return', async () => {
    const stage = await setStage();
    await writeUserSettings(stage, { model: gateway });
    const model = 'claude-haiku-4-5';
    const { session, worker_id } = await workerWithoutModel(stage, { model }, model);
    knowOnly(stage, model);
    const call = { worker_id, prompt: 'Go on.' };
    expect(await session.call('resume_worker', call)).toEqual({ worker_id, status: 'resumed' });
    const worker = await settle(stage, session, worker_id);
    expect(worker.history).toMatchObject({ status: 'completed', model });
    expect(new Set(modelsOf(worker))).toEqual(new Set([model]));
  });
});
