import { describe, expect, it } from 'vitest';
import type { Provider } from '../../../src/models/facts.ts';
import { type NotesInput, spawnNotes } from '../../../src/models/notes.ts';
import type { NamedModel } from '../../../src/models/refusal.ts';

function notes(models: NamedModel[], day: string, changes: Partial<NotesInput> = {}): string[] {
  const now = Date.parse(day);
  return spawnNotes({
    given: {},
    models,
    chosen: undefined,
    provider: 'firstParty',
    now,
    ...changes,
  });
}

const model = (name: string, means = name): NamedModel => ({ name, means, option: 'model' });

describe('a note says when a model retires', () => {
  it.each<[string, string, string | undefined]>([
    ['not more than 60 days before', '2026-09-30T23:59:59Z', undefined],
    ['60 days before', '2026-10-01', 'will be retired on'],
    ['the day before', '2026-11-29T23:59:59Z', 'will be retired on'],
    ['on its day', '2026-11-30', 'was retired on'],
    ['years after', '2031-01-01', 'was retired on'],
  ])('%s: at %s', (_when, day, words) => {
    const name = 'claude-sonnet-4-5-20250929';
    const note = `Model ${name} ${words} 30 November 2026. Choose a newer one in options.model.`;
    expect(notes([model(name)], day)).toEqual(words === undefined ? [] : [note]);
  });

  it.each<[string, Provider, boolean]>([
    ['claude-sonnet-4-5', 'vertex', true],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'bedrock', false],
    ['claude-sonnet-4-5', 'gateway', false],
    ['claude-sonnet-4-0', 'bedrock', true],
    ['claude-sonnet-4-6', 'firstParty', false],
    ['my-model', 'firstParty', false],
    ['opus', 'firstParty', false],
    // The CLI sends its requests to the latest Opus.
    ['claude-opus-4-0', 'firstParty', false],
    ['claude-opus-4-0', 'vertex', true],
  ])('%s at %s: %s', (name, provider, hasNote) => {
    expect(notes([model(name)], '2026-12-01', { provider })).toHaveLength(hasNote ? 1 : 0);
  });

  it('also for the model of an alias, and for a fallback model with its own option', () => {
    const fallback: NamedModel = { ...model('claude-opus-4-5'), option: 'fallback_model' };
    expect(notes([model('sonnet', 'claude-sonnet-4-5'), fallback], '2026-11-29')).toEqual([
      'Model sonnet will be retired on 30 November 2026. Choose a newer one in options.model.',
      'Model claude-opus-4-5 will be retired on 22 January 2027. Choose a newer one in options.fallback_model.',
    ]);
  });
});

describe('a note says that a model always thinks', () => {
  it.each<[string, NotesInput['given'], number]>([
    ['claude-opus-5-5', { thinking: false }, 1],
    ['claude-opus-5-5', {}, 0],
    ['claude-opus-5-5', { thinking: true }, 0],
    ['claude-opus-5', { thinking: false }, 0],
    ['my-model', { thinking: false }, 0],
  ])('%s with %j: %d', (name, given, count) => {
    const found = notes([model(name)], '2026-11-29', { given });
    expect(found).toHaveLength(count);
    for (const note of found) {
      expect(note).toBe(`Model ${name} always thinks, so thinking: false changes nothing.`);
    }
  });
});

it('a note says which model was chosen', () => {
  expect(notes([model('claude-x')], '2026-11-29', { chosen: 'claude-x' })).toEqual([
    'Sampling options need a model that takes them, and the call names none, so claude-x was chosen. Name another one in options.model.',
  ]);
});
