import { describe, expect, it } from 'vitest';
import { type Options, withDefaults } from '../../../src/config/options.ts';
import { refusalOf } from '../../../src/models/refusal.ts';

/** Returns the refusal of options whose models need no resolving. */
function refusal(given: Options, server: Options = {}): string | undefined {
  const options = withDefaults(given, server);
  const { model = 'claude-sonnet-4-6', fallback_model } = options;
  return refusalOf(options, [named(model), ...(fallback_model ? [named(fallback_model)] : [])]);
}

const named = (name: string, means = name) => ({ name, means, option: 'model' as const });

describe('sampling options', () => {
  it.each<[Options, string]>([
    [{ temperature: 0 }, 'temperature was'],
    [{ top_p: 1 }, 'top_p was'],
    [{ temperature: 0.3, top_k: 5 }, 'temperature and top_k were'],
  ])('%j are refused for a model that accepts none', (given, words) => {
    expect(refusal({ model: 'claude-opus-5', ...given })).toBe(
      `Model claude-opus-5 takes no sampling options, but ${words} given; leave that out or choose a model such as claude-sonnet-4-6.`,
    );
  });

  it('are checked against the resolved model, and the sentence has both names', () => {
    const options = withDefaults({ model: 'haiku', temperature: 0.3 }, {});
    expect(refusalOf(options, [named('haiku', 'my-model')])).toBeUndefined();
    expect(refusalOf(options, [named('haiku', 'claude-opus-5')])).toContain(
      'Model haiku (here claude-opus-5) takes no sampling options',
    );
  });

  it('are refused for a fallback model that accepts none', () => {
    const options = { model: 'my-model', fallback_model: 'claude-opus-5', top_k: 1 };
    expect(refusal(options)).toContain('Model claude-opus-5 takes no sampling options');
  });

  it.each<Options>([
    { model: 'claude-opus-5' },
    { model: 'claude-opus-5', temperature: 1 },
    { model: 'claude-opus-5', thinking: true, temperature: 1 },
    { model: 'my-model', temperature: 0.3, top_p: 0.9, top_k: 40 },
  ])('are accepted in %j', (given) => {
    expect(refusal(given)).toBeUndefined();
  });
});

describe('a combination that the API refuses', () => {
  const both =
    'takes temperature or top_p, not both: found temperature 0.5 and top_p 0.9; leave one of them out.';
  it.each<[Options, string]>([
    [
      { thinking: true, temperature: 0.5 },
      'temperature cannot be combined with thinking: found temperature 0.5 with thinking on; leave one of them out.',
    ],
    [
      { thinking: true, top_k: 5 },
      'top_k cannot be combined with thinking: found top_k 5 with thinking on; leave one of them out.',
    ],
    [
      { thinking: true, top_p: 0.5 },
      'With thinking, top_p must be from 0.95 to 1, found 0.5; raise it or leave one of them out.',
    ],
    [
      { thinking: true, max_tokens: 2047 },
      'With thinking, max_tokens must be at least 2048, found 2047: the API takes no fewer than 1024 tokens for thinking, and the answer needs the rest.',
    ],
    [{ temperature: 0.5, top_p: 0.9 }, `Model claude-sonnet-4-6 ${both}`],
    [
      { model: 'claude-opus-4-20250514', temperature: 0.5, top_p: 0.9 },
      `Model claude-opus-4-20250514 ${both}`,
    ],
  ])('%j', (options, sentence) => {
    expect(refusal(options)).toBe(sentence);
  });

  it('is also refused when a part of it is a default of the server', () => {
    expect(refusal({ top_p: 0.9 }, { temperature: 0.5 })).toMatch(/temperature or top_p, not both/);
    expect(refusal({ temperature: 0.5 }, { thinking: true })).toMatch(/combined with thinking/);
    expect(refusal({ temperature: 1 }, { temperature: 0.5, top_p: 0.9 })).toBeUndefined();
  });
});

describe('a combination that the API accepts', () => {
  it.each<Options>([
    { thinking: true },
    { thinking: true, top_p: 0.95 },
    { thinking: true, max_tokens: 2048 },
    { temperature: 0.5, top_k: 40 },
    { temperature: 1, top_p: 0.9 },
    { model: 'claude-3-5-sonnet-20241022', temperature: 0.5, top_p: 0.9 },
  ])('%j', (options) => {
    expect(refusal(options)).toBeUndefined();
  });
});
