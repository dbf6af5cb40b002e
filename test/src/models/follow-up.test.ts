import { describe, expect, it } from 'vitest';
import type { Reason } from '../../../machines/worker.ts';
import { type Options, withDefaults } from '../../../src/config/options.ts';
import { modelOfFollowUp } from '../../../src/models/follow-up.ts';
import { workerSpec } from '../fixtures.ts';

/** Returns the model for a follow-up, and whether `claude` was asked; `own` is its default model. */
async function followUp(
  given: Options,
  own: string | undefined,
  reason: Reason | undefined = 'model_unavailable',
) {
  let isAsked = false;
  const spec = workerSpec({ options: withDefaults(given, {}) });
  const failure = reason === undefined ? null : { reason, hint: '', returncode: null };
  const model = await modelOfFollowUp({ failure, model: 'claude-gone', spec }, async () => {
    isAsked = true;
    return own;
  });
  return { model, isAsked };
}

/** The defaults that version 0.1.0 wrote into the options. */
const old = { model: 'claude-sonnet-4-5', max_tokens: 4096 };

describe('a follow-up has the default model of claude', () => {
  it.each<[string, Options]>([
    ['no option named the model that the API does not have', {}],
    ['that model was the default of version 0.1.0', old],
  ])('when %s', async (_why, given) => {
    expect((await followUp(given, 'claude-opus-5')).model).toBe('claude-opus-5');
  });

  it('unless its sampling options need another model', async () => {
    const given = { ...old, temperature: 0.2 };
    expect((await followUp(given, 'claude-opus-5')).model).toBe('claude-sonnet-4-6');
    expect((await followUp(given, 'my-model')).model).toBe('my-model');
  });
});

describe('a follow-up keeps its model', () => {
  it.each<[string, Options, (Reason | undefined)?]>([
    ['its last turn failed for another reason', {}, 'api_error'],
    ['an option named the model', { model: 'claude-gone' }],
    ['an option named the model that was once the default', { model: 'claude-sonnet-4-5' }],
  ])('and claude is not asked, when %s', async (_why, given, reason) => {
    expect(await followUp(given, 'claude-opus-5', reason)).toEqual({
      ...{ model: undefined, isAsked: false },
    });
  });

  it.each([
    ['has no other model', 'claude-gone'],
    ['gives no model', undefined],
  ])('when claude %s', async (_why, own) => {
    expect((await followUp({}, own)).model).toBeUndefined();
  });
});
