import { describe, expect, it } from 'vitest';
import type { Provider } from '../../../src/models/facts.ts';
import { followUpNote, optionsOfFollowUp, retirementNote } from '../../../src/models/retirement.ts';
import { type Options, withDefaults } from '../../../src/options.ts';

const on = (day: string, provider: Provider = 'firstParty') => ({ provider, now: Date.parse(day) });

describe('a retirement is told of', () => {
  it.each<[string, string, string | undefined]>([
    ['more than 60 days before', '2026-09-30T23:59:59Z', undefined],
    ['60 days before', '2026-10-01', 'will be retired on'],
    ['the day before', '2026-11-29T23:59:59Z', 'will be retired on'],
    ['on its day', '2026-11-30', 'was retired on'],
    ['ever after', '2031-01-01', 'was retired on'],
  ])('%s: at %s', (_when, day, words) => {
    const note =
      words &&
      `Model claude-sonnet-4-5-20250929 ${words} 30 November 2026; choose a newer one in options.model.`;
    expect(retirementNote('claude-sonnet-4-5-20250929', on(day))).toBe(note);
  });

  it.each<[string, Provider, boolean]>([
    ['claude-sonnet-4-5', 'vertex', true],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'bedrock', false],
    ['claude-sonnet-4-5', 'gateway', false],
    ['claude-sonnet-4-0', 'bedrock', true],
    ['claude-sonnet-4-6', 'firstParty', false],
    ['my-model', 'firstParty', false],
    ['opus', 'firstParty', false],
    // Its requests go to the latest Opus.
    ['claude-opus-4-0', 'firstParty', false],
    ['claude-opus-4-0', 'vertex', true],
  ])('of %s at %s: %s', (model, provider, isTold) => {
    expect(retirementNote(model, on('2026-12-01', provider)) !== undefined).toBe(isTold);
  });
});

describe('a follow-up', () => {
  const follow = (given: Options, day: string, provider?: Provider) => {
    const [options, moment] = [withDefaults(given, {}), on(day, provider)];
    return {
      model: optionsOfFollowUp(options, moment).model,
      note: followUpNote(options, moment),
    };
  };

  it.each<[string, Options, string, Provider?]>([
    ['before its model is retired', { model: 'claude-sonnet-4-5' }, '2026-11-29'],
    ['where its model is not retired', { model: 'claude-sonnet-4-5' }, '2027-01-01', 'bedrock'],
    ['with a model of which nothing is known', { model: 'my-model' }, '2027-01-01'],
    ['without a model', {}, '2027-01-01'],
  ])('keeps its options %s', (_when, given, day, provider) => {
    expect(follow(given, day, provider)).toEqual({ model: given.model, note: undefined });
  });

  it("goes on with claude's default model once its own is retired", () => {
    expect(follow({ model: 'claude-sonnet-4-5', effort: 'low' }, '2026-11-30')).toEqual({
      model: 'default',
      note: "Model claude-sonnet-4-5 was retired on 30 November 2026, so the conversation goes on with claude's default model.",
    });
  });

  it('goes on with a model that takes its sampling options', () => {
    expect(follow({ model: 'claude-sonnet-4-5', temperature: 0.2 }, '2026-11-30')).toEqual({
      model: 'claude-sonnet-4-6',
      note: 'Model claude-sonnet-4-5 was retired on 30 November 2026, so the conversation goes on with claude-sonnet-4-6.',
    });
  });
});
