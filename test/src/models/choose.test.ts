import { describe, expect, it } from 'vitest';
import { type Options, withDefaults } from '../../../src/config/options.ts';
import { type AskModel, chooseModel } from '../../../src/models/choose.ts';

/**
 * Chooses a model; `said` maps each name, and `own`, to the model that `claude` gives.
 * @param wants True if the call names a sampling option.
 */
async function choice(given: Options, said: Record<string, string | undefined>, wants = true) {
  const asked: (string | undefined)[] = [];
  const ask: AskModel = async (name) => {
    asked.push(name);
    return said[name ?? 'own'];
  };
  const { options, models, chosen } = await chooseModel(withDefaults(given, {}), wants, ask);
  return { model: options.model, models, chosen, asked };
}

const same = (name: string) => ({ name, means: name, option: 'model' });

describe('without sampling options', () => {
  it.each<Options>([{}, { model: 'opus' }, { fallback_model: 'haiku' }, { thinking: true }])(
    'claude is not asked and no model is chosen: %j',
    async (given) => {
      expect(await choice(given, {}, false)).toMatchObject({
        ...{ model: given.model, chosen: undefined, asked: [] },
      });
    },
  );
});

describe('with sampling options alone', () => {
  it.each(['my-model', 'claude-opus-4-6'])("the user's own model stays: %s", async (own) => {
    expect(await choice({ temperature: 0 }, { own })).toEqual({
      ...{ model: undefined, chosen: undefined, asked: [undefined] },
      models: [same(own)],
    });
  });

  it.each(['claude-opus-5-5', undefined])('another model is chosen instead of %s', async (own) => {
    const expected = {
      ...{ model: 'claude-sonnet-4-6', chosen: 'claude-sonnet-4-6', asked: [undefined] },
      models: [same('claude-sonnet-4-6')],
    };
    expect(await choice({ top_k: 3 }, { own })).toEqual(expected);
    expect(await choice({ temperature: 1 }, { own })).toEqual(expected);
    // Every worker has a temperature of 1 by default.
    expect((await choice({ temperature: 1 }, { own }, false)).chosen).toBeUndefined();
  });
});

describe('with sampling options and a model', () => {
  it.each(['claude-opus-5', 'claude-opus-4-6', 'my-model'])(
    'claude is not asked about %s',
    async (model) => {
      expect(await choice({ model, temperature: 0 }, {})).toEqual({
        ...{ model, chosen: undefined, asked: [], models: [same(model)] },
      });
    },
  );

  it('claude is asked about aliases and remapped models', async () => {
    const given = { model: 'sonnet', fallback_model: 'claude-opus-4-1', temperature: 0 };
    const said = { sonnet: 'my-model', 'claude-opus-4-1': 'claude-opus-5-5' };
    const { model, models, asked } = await choice(given, said);
    expect(model).toBe('sonnet');
    expect(new Set(asked)).toEqual(new Set(Object.keys(said)));
    expect(models).toEqual([
      { name: 'sonnet', means: 'my-model', option: 'model' },
      { name: 'claude-opus-4-1', means: 'claude-opus-5-5', option: 'fallback_model' },
    ]);
  });

  it('an alias that claude does not resolve means itself', async () => {
    expect((await choice({ model: 'opus', temperature: 0 }, {})).models).toEqual([same('opus')]);
  });
});
