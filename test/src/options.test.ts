import { describe, expect, it } from 'vitest';
import { type Options, optionsSchema, refusalOf, withDefaults } from '../../src/options.ts';

const refusal = (given: Options, server: Options = {}) => refusalOf(withDefaults(given, server));

describe('defaults', () => {
  it('are those of the documentation', () => {
    expect(withDefaults({}, {})).toEqual({
      ...{ model: 'claude-sonnet-4-5', temperature: 1, max_tokens: 4096, thinking: false },
      permission_mode: 'default',
    });
  });

  it('of the server go over the built-in ones, and those of the caller over both', () => {
    const server = { model: 'haiku', temperature: 0.5, effort: 'low' } as const;
    expect(withDefaults({ temperature: 1 }, server)).toMatchObject({
      ...{ model: 'haiku', temperature: 1, effort: 'low', max_tokens: 4096 },
    });
  });
});

describe('sampling', () => {
  const taking = [
    ...['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929', 'claude-haiku-4-5-20251001'],
    ...['claude-sonnet-4-6', 'claude-opus-4-1', 'claude-opus-4-20250514'],
    ...['claude-3-7-sonnet-20250219', 'claude-3-5-haiku-latest', 'practice-model'],
    ...['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5@20250929'],
  ];
  const refusing = [
    ...['claude-opus-4-7', 'claude-opus-4-8', 'claude-opus-4-10', 'claude-opus-4-7-20260101'],
    ...['claude-opus-5', 'claude-sonnet-5', 'claude-sonnet-5-20260301', 'claude-fable-5'],
    ...[
      'claude-mythos-5',
      'claude-haiku-5-1',
      'claude-opus-5-5',
      'us.anthropic.claude-opus-5-v1:0',
    ],
    ...[
      'opus',
      'sonnet',
      'haiku',
      'fable',
      'opusplan',
      'best',
      'default',
      'sonnet[1m]',
      'opus[1m]',
    ],
    ...['claude-sonnet-5[1m]', 'claude-opus-4-7@20260101', 'global.anthropic.claude-opus-4-8'],
  ];

  it.each(taking)('is taken by %s', (model) => {
    expect(refusal({ model, temperature: 0.3 })).toBeUndefined();
    expect(refusal({ model, top_p: 0.9, top_k: 40 })).toBeUndefined();
  });

  it.each(refusing)('is refused by %s', (model) => {
    expect(refusal({ model, temperature: 0.3, top_k: 5 })).toBe(
      `Model ${model} takes no sampling options, but temperature and top_k were given; leave that out or choose a model such as claude-sonnet-4-5.`,
    );
    for (const option of [{ temperature: 0 }, { top_p: 1 }, { top_k: 1 }]) {
      expect(refusal({ model, ...option })).toMatch(/takes no sampling options/);
    }
  });

  it.each([...taking, ...refusing])('of none is no matter for %s', (model) => {
    expect(refusal({ model })).toBeUndefined();
    expect(refusal({ model, temperature: 1 })).toBeUndefined();
    expect(refusal({ model, thinking: true, temperature: 1 })).toBeUndefined();
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
    [{ temperature: 0.5, top_p: 0.9 }, `Model claude-sonnet-4-5 ${both}`],
    [
      { model: 'claude-opus-4-20250514', temperature: 0.5, top_p: 0.9 },
      `Model claude-opus-4-20250514 ${both}`,
    ],
  ])('%j', (options, sentence) => {
    expect(refusal(options)).toBe(sentence);
  });

  it('is refused also when a part of it is a default of the server', () => {
    expect(refusal({ top_p: 0.9 }, { temperature: 0.5 })).toMatch(/temperature or top_p, not both/);
    expect(refusal({ temperature: 0.5 }, { thinking: true })).toMatch(/combined with thinking/);
    expect(refusal({ temperature: 1 }, { temperature: 0.5, top_p: 0.9 })).toBeUndefined();
  });
});

describe('a combination that the API takes', () => {
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

describe('the schema of the options', () => {
  it.each([
    { model: '' },
    { model: '--version' },
    { temperature: 2 },
    { temperature: -0.1 },
    { temperature: 'hot' },
    { temperature: null },
    { temperature: Number.NaN },
    { top_p: 1.1 },
    { top_k: -1 },
    { top_k: 0.5 },
    { max_tokens: 0 },
    { thinking: 'yes' },
    { effort: 'ultra' },
    { add_dirs: 'src' },
    { add_dirs: [''] },
    { permission_mode: 'yolo' },
    { allowed_tools: ['Read', '--dangerously-skip-permissions'] },
    { disallowed_tools: [7] },
    { max_turns: 0 },
    { max_budget_usd: 0 },
    { timeout_seconds: 0 },
    { timeout_seconds: Number.POSITIVE_INFINITY },
    { output_schema: [] },
    { mcp_config: 'file.json' },
    { fallback_model: '-x' },
    { temprature: 0.5 },
  ])('refuses %j', (options) => {
    expect(optionsSchema.safeParse(options).success).toBe(false);
  });

  it('takes every option at once', () => {
    const options = {
      ...{ model: 'haiku', system: 'Be.', append_system: 'More.', temperature: 0, top_p: 1 },
      ...{ top_k: 1, max_tokens: 1, thinking: true, effort: 'max', cwd: '..', add_dirs: ['lib'] },
      ...{ permission_mode: 'plan', allowed_tools: ['Bash(git log *)'], disallowed_tools: [] },
      ...{ max_turns: 1, max_budget_usd: 0.01, timeout_seconds: 0.5, fallback_model: 'opus' },
      ...{ output_schema: { type: 'object' }, mcp_config: { a: { command: 'b' } } },
    };
    expect(optionsSchema.parse(options)).toEqual(options);
    expect(Object.keys(options).toSorted()).toEqual(Object.keys(optionsSchema.shape).toSorted());
  });
});
