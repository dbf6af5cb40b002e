import { describe, expect, it } from 'vitest';
import {
  hasSampling,
  type Options,
  optionsSchema,
  samplingNames,
  withDefaults,
} from '../../../src/config/options.ts';

describe('defaults', () => {
  it("do not set the model or the length of an answer, which the user's own claude decides", () => {
    expect(withDefaults({}, {})).toEqual({
      ...{ temperature: 1, thinking: false, permission_mode: 'default' },
    });
  });

  it('of the server replace the built-in defaults, and the options of the caller replace both', () => {
    const server = { model: 'haiku', temperature: 0.5, effort: 'low' } as const;
    expect(withDefaults({ temperature: 1 }, server)).toMatchObject({
      ...{ model: 'haiku', temperature: 1, effort: 'low', thinking: false },
    });
  });
});

describe('sampling options', () => {
  it.each<[Options, string[]]>([
    [{}, []],
    [{ temperature: 1 }, []],
    [{ temperature: 0 }, ['temperature']],
    [{ temperature: 1, top_p: 1 }, ['top_p']],
    [{ temperature: 0.5, top_p: 0.5, top_k: 5 }, ['temperature', 'top_p', 'top_k']],
  ])('of %j that are sent to the API are %j', (given, names) => {
    expect(samplingNames(withDefaults(given, {}))).toEqual(names);
    expect(hasSampling(withDefaults(given, {}))).toBe(names.length > 0);
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

  it('accepts all options at once', () => {
    const options = {
      ...{ model: 'haiku', system: 'Be.', append_system: 'More.', temperature: 0, top_p: 1 },
      ...{ top_k: 1, max_tokens: 1, thinking: true, effort: 'max', cwd: '..', add_dirs: ['lib'] },
      ...{ permission_mode: 'plan', allowed_tools: ['Bash(git log *)'], disallowed_tools: [] },
      ...{ max_turns: 1, max_budget_usd: 0.01, timeout_seconds: 0.5, fallback_model: 'opus' },
      ...{ background: 'wait' },
      ...{ output_schema: { type: 'object' }, mcp_config: { a: { command: 'b' } } },
    };
    expect(optionsSchema.parse(options)).toEqual(options);
    expect(Object.keys(options).toSorted()).toEqual(Object.keys(optionsSchema.shape).toSorted());
  });
});
