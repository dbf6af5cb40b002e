import { describe, expect, it } from 'vitest';
import {
  factsOf,
  isResolvedByClaude,
  knownModels,
  providerOf,
  samplingModel,
  samplingOf,
} from '../../../src/models/facts.ts';

describe('a model is found by', () => {
  it.each([
    ['claude-sonnet-4-5', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
    ['eu.anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
    ['claude-sonnet-4-6[1m]', 'claude-sonnet-4-6'],
    ['claude-opus-4-20250514', 'claude-opus-4-0'],
    ['claude-opus-4', 'claude-opus-4-0'],
    ['claude-opus-4-1-20250805', 'claude-opus-4-1'],
    ['claude-3-5-haiku-latest', 'claude-3-5-haiku'],
    ['anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['anthropic/claude-opus-4.7', 'claude-opus-4-7'],
    ['claude-3.7-sonnet', 'claude-3-7-sonnet'],
    ['claude-opus-5', 'claude-opus-5'],
    ['claude-opus-5-5', 'claude-opus-5-5'],
    ['global.anthropic.claude-opus-5-5', 'claude-opus-5-5'],
  ])('%s', (model, name) => {
    expect(factsOf(model)?.name).toBe(name);
  });

  it.each([
    'claude-opus-4-10',
    'claude-opus-4.10',
    'claude-opus-51',
    'claude-opus-6',
    'opus',
    'my-model',
  ])('no name of another model: %s', (model) => {
    expect(factsOf(model)).toBeUndefined();
  });

  it.each(knownModels.map(({ name }) => name))('its own name: %s', (name) => {
    expect(factsOf(name)?.name).toBe(name);
  });
});

describe('sampling options', () => {
  it.each([
    ['claude-3-7-sonnet-20250219', 'any'],
    ['claude-opus-4-6', 'one'],
    ['claude-opus-4-7', 'none'],
    ['claude-haiku-5-5', 'none'],
    // An unknown Claude may be one of the newest models.
    ['claude-opus-4-10', 'none'],
    ['claude-haiku-9', 'none'],
    ['us.anthropic.claude-nova-1-v1:0', 'none'],
    ...[
      'opus',
      'sonnet',
      'haiku',
      'fable',
      'best',
      'default',
      'opusplan',
      'Opus',
      'sonnet[1m]',
    ].map((alias) => [alias, 'none'] as const),
    ['my-gateway-model', 'any'],
    ['practice-model', 'any'],
  ] as const)('of %s: it accepts %s', (model, sampling) => {
    expect(samplingOf(model)).toBe(sampling);
  });

  it('have a model that accepts them and has no date of retirement', () => {
    expect(factsOf(samplingModel)).toMatchObject({ sampling: 'one' });
    expect(factsOf(samplingModel)).not.toHaveProperty('retires');
  });
});

it.each([
  ['opus', true],
  ['sonnet[1m]', true],
  ['default', true],
  ['claude-opus-4-1', true],
  ['claude-opus-4-20250514', true],
  ['claude-sonnet-4-6', false],
  ['my-model', false],
])('%s is resolved by claude: %s', (model, expected) => {
  expect(isResolvedByClaude(model)).toBe(expected);
});

describe('the provider', () => {
  it.each([
    [{}, 'firstParty'],
    [{ CLAUDE_CODE_USE_BEDROCK: '1' }, 'bedrock'],
    [{ CLAUDE_CODE_USE_BEDROCK: 'true', CLAUDE_CODE_USE_VERTEX: '1' }, 'bedrock'],
    [{ CLAUDE_CODE_USE_BEDROCK: '0', CLAUDE_CODE_USE_VERTEX: '1' }, 'vertex'],
    [{ CLAUDE_CODE_USE_BEDROCK: '', CLAUDE_CODE_USE_FOUNDRY: 'yes' }, 'foundry'],
    [{ CLAUDE_CODE_USE_BEDROCK: 'false' }, 'firstParty'],
    [{ CLAUDE_CODE_USE_ANTHROPIC_AWS: '1' }, 'anthropicAws'],
    [{ CLAUDE_CODE_USE_MANTLE: '1' }, 'mantle'],
  ])('of %j is %s', (env, provider) => {
    expect(providerOf(env)).toBe(provider);
  });
});
