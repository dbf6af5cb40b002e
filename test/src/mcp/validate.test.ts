import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManagerError } from '../../../src/errors.ts';
import listed from '../../../src/mcp/listed.json' with { type: 'json' };
import { tools } from '../../../src/mcp/tools.ts';
import { validate } from '../../../src/mcp/validate.ts';

/** Returns the sentence with which a tool refuses these arguments. */
function refusal(name: string, args: unknown): string {
  const tool = tools.find((candidate) => candidate.name === name);
  if (!tool) throw new Error(`There is no tool ${name}.`);
  try {
    validate(tool, args);
  } catch (error) {
    if (error instanceof ManagerError && error.code === 'invalid_input') return error.message;
    throw error;
  }
  throw new Error(`${name} accepts ${JSON.stringify(args)}.`);
}

const spawn = (args: object) => refusal('spawn_worker', { description: 'D', prompt: 'P', ...args });

describe('spawn_worker refuses', () => {
  it.each([
    [{ prompt: 5 }, 'expected prompt to be a text, found 5; correct it.'],
    [{ prompt: ' \n' }, 'expected prompt to be not empty, found " \\n"; correct it.'],
    [{ description: '' }, 'expected description to be not empty, found ""; correct it.'],
    [{ description: '  ' }, 'expected description to be not empty, found "  "; correct it.'],
    [{ description: undefined }, 'expected description to be a text, found nothing; add it.'],
    [{ description: null }, 'expected description to be a text, found null; correct it.'],
  ])('a wrong required argument: %j', (args, sentence) => {
    expect(spawn(args)).toBe(`spawn_worker: ${sentence}`);
  });

  it.each([
    [{ agent_type: 7 }, 'expected agent_type to be a text, found 7'],
    [
      { agent_type: '-x' },
      'expected agent_type to be a text without NUL that does not begin with "-", found "-x"',
    ],
    [{ options: 'fast' }, 'expected options to be an object, found "fast"'],
    [{ options: [] }, 'expected options to be an object, found []'],
    [
      { options: { temperature: 2 } },
      'expected options.temperature to be a number of at most 1, found 2',
    ],
    [
      { options: { temperature: -1 } },
      'expected options.temperature to be a number of at least 0, found -1',
    ],
    [
      { options: { temperature: 'hot' } },
      'expected options.temperature to be a number, found "hot"',
    ],
    [{ options: { add_dirs: [null] } }, 'expected options.add_dirs.0 to be a text, found null'],
    [{ options: { top_k: -1 } }, 'expected options.top_k to be a number of at least 1, found -1'],
    [{ options: { top_k: 1.5 } }, 'expected options.top_k to be a whole number, found 1.5'],
    [
      { options: { thinking: 'yes' } },
      'expected options.thinking to be true or false, found "yes"',
    ],
    [
      { options: { max_budget_usd: 0 } },
      'expected options.max_budget_usd to be a number greater than 0, found 0',
    ],
    [
      { options: { effort: 'huge' } },
      'expected options.effort to be one of low, medium, high, xhigh, max, found "huge"',
    ],
    [{ options: { add_dirs: 'src' } }, 'expected options.add_dirs to be a list, found "src"'],
    [
      { options: { add_dirs: ['src', ''] } },
      'expected options.add_dirs.1 to be not empty, found ""',
    ],
    [
      { options: { output_schema: [] } },
      'expected options.output_schema to be an object, found []',
    ],
    [
      { options: { model: '' } },
      'expected options.model to be a text without NUL that does not begin with "-", found ""',
    ],
  ])('a wrong optional argument: %j', (args, sentence) => {
    expect(spawn(args)).toBe(`spawn_worker: ${sentence}; correct it or leave it out.`);
  });

  it.each([
    [{ options: { temprature: 0.5 } }, 'unknown option "temprature"; did you mean temperature?'],
    [{ options: { maxTokens: 1 } }, 'unknown option "maxTokens"; did you mean max_tokens?'],
    [
      { agent: 'Plan' },
      'unknown argument "agent"; known are description, prompt, agent_type, options.',
    ],
    [{ agenttype: 'Plan' }, 'unknown argument "agenttype"; did you mean agent_type?'],
  ])('an unknown name: %j', (args, sentence) => {
    expect(spawn(args)).toBe(`spawn_worker: ${sentence}`);
  });

  it('an unknown option with a list of all options, when no name is near', () => {
    expect(spawn({ options: { zzzzzzzzzz: 1 } })).toMatch(
      /^spawn_worker: unknown option "zzzzzzzzzz"; known are model, system, .*, fallback_model, background\.$/,
    );
  });

  it('a mistyped argument by its name, not by the name that is missing', () => {
    expect(refusal('spawn_worker', { description: 'D', promt: 'P' })).toBe(
      'spawn_worker: unknown argument "promt"; did you mean prompt?',
    );
  });

  it.each([null, undefined, {}])('a call without arguments: %j', (args) => {
    expect(refusal('spawn_worker', args)).toBe(
      'spawn_worker: expected description to be a text, found nothing; add it.',
    );
  });

  it('a long value without repeating all of it', () => {
    const sentence = spawn({ options: { temperature: 'x'.repeat(100_000) } });
    expect(sentence.length).toBeLessThan(250);
    expect(sentence).toContain(`found "${'x'.repeat(79)}…;`);
    expect(spawn({ ['y'.repeat(100_000)]: 1 }).length).toBeLessThan(250);
  });
});

describe('the other tools refuse', () => {
  it.each([
    [
      'wait',
      { mode: 'some' },
      'expected mode to be one of all, any, found "some"; correct it or leave it out.',
    ],
    [
      'wait',
      { worker_ids: [] },
      'expected worker_ids to be not empty, found []; correct it or leave it out.',
    ],
    [
      'wait',
      { worker_ids: [7] },
      'expected worker_ids.0 to be a text, found 7; correct it or leave it out.',
    ],
    [
      'wait',
      { timeout_seconds: -1 },
      'expected timeout_seconds to be a number of at least 0, found -1; correct it or leave it out.',
    ],
    [
      'wait',
      { timeout: 5 },
      'unknown argument "timeout"; known are worker_ids, mode, timeout_seconds.',
    ],
    [
      'resume_worker',
      { worker_id: 'w', prompt: '' },
      'expected prompt to be not empty, found ""; correct it.',
    ],
    [
      'approve_permission',
      { request_id: 'r' },
      'expected allow to be true or false, found nothing; add it.',
    ],
    [
      'approve_permission',
      { request_id: 'r', allow: 'yes' },
      'expected allow to be true or false, found "yes"; correct it.',
    ],
    [
      'stop_worker',
      { worker_ids: 'w' },
      'expected worker_ids to be a list, found "w"; correct it.',
    ],
    [
      'stop_worker',
      { worker_ids: [] },
      'expected worker_ids to be not empty, found []; correct it.',
    ],
    [
      'list_workers',
      { status: 'done' },
      'expected status to be one of spawning, running, awaiting_permission, stopping, completed, failed, resumed, found "done"; correct it or leave it out.',
    ],
  ])('%s %j', (tool, args, sentence) => {
    expect(refusal(tool, args)).toBe(`${tool}: ${sentence}`);
  });
});

it('valid arguments stay as they are, except that a description is trimmed', () => {
  const [spawnWorker] = tools;
  const args = { description: ' Look ', prompt: ' as is ', options: { temperature: 0 } };
  expect(spawnWorker && validate(spawnWorker, args)).toEqual({ ...args, description: 'Look' });
});

/** Returns what the handler of a tool gets for these arguments. */
function taken(name: string, args: object): unknown {
  const tool = tools.find((candidate) => candidate.name === name);
  return tool && validate(tool, args);
}

const spawned = (args: object) => taken('spawn_worker', { description: 'D', prompt: 'P', ...args });

describe('a text where something else belongs', () => {
  it('is taken when it is exactly the JSON of that, at every depth and in any number of places', () => {
    const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
    const options = fc.record({
      temperature: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
      max_tokens: maybe(fc.integer({ min: 1 })),
      thinking: maybe(fc.boolean()),
      add_dirs: maybe(fc.array(fc.constantFrom('a', '5', 'true', '["x"]', '{}'))),
      mcp_config: maybe(
        fc.dictionary(fc.constantFrom('one', 'two'), fc.constant({ command: 'x' })),
      ),
      system: maybe(fc.constantFrom('5', 'true', 'null', '[]', '{"a":1}')),
    });
    const isQuoted = fc.infiniteStream(fc.boolean());
    fc.assert(
      fc.property(options, isQuoted, (given, quoted) => {
        const sent = (name: string, value: unknown) =>
          name !== 'system' && value !== undefined && quoted.next().value
            ? JSON.stringify(value)
            : value;
        const fields = Object.entries(given).map(([name, value]) => [name, sent(name, value)]);
        const asTexts = sent('options', Object.fromEntries(fields));
        expect(spawned({ options: asTexts })).toEqual(spawned({ options: given }));
      }),
    );
  });

  it.each([
    [
      'wait',
      { worker_ids: '["a"]', timeout_seconds: ' 5 ' },
      { worker_ids: ['a'], timeout_seconds: 5 },
    ],
    ['stop_worker', { worker_ids: '["5"]' }, { worker_ids: ['5'] }],
    [
      'approve_permission',
      { request_id: 'r', allow: true, updated_input: '{"command":"5"}' },
      { request_id: 'r', allow: true, updated_input: { command: '5' } },
    ],
    ['resume_worker', { worker_id: 'w', prompt: '{"a":1}' }, { worker_id: 'w', prompt: '{"a":1}' }],
  ])('%s takes %j', (tool, sent, expected) => {
    expect(taken(tool, sent)).toEqual(expected);
  });

  it('decides when it is the word true or false', () => {
    for (const allow of [true, false]) {
      const sent = { request_id: 'r', allow: String(allow), remember: String(!allow) };
      const expected = { request_id: 'r', allow, remember: !allow };
      expect(taken('approve_permission', sent)).toEqual(expected);
    }
  });

  it('decides nothing when it is anything else', () => {
    for (const text of ['"true"', '"false"', '1', 'TRUE', ' true', 'false ', 'null', '']) {
      const decision = { request_id: 'r', allow: text };
      expect(refusal('approve_permission', decision)).toBe(
        `approve_permission: expected allow to be true or false, found ${JSON.stringify(text)}; correct it.`,
      );
      expect(refusal('approve_permission', { ...decision, allow: true, remember: text })).toContain(
        'expected remember to be true or false',
      );
    }
  });

  it.each([...['{"model":', '["a"]', '"{}"', 'null', '', '{} {}', "{'model': 'opus'}", '5']])(
    'is refused as options when it is something else: %j',
    (options) => {
      expect(spawn({ options })).toContain('expected options to be an object, found "');
    },
  );

  it.each(['0x10', '05', '1_000', '5 tokens', '"5"', 'NaN', 'Infinity', '', '[5]'])(
    'is refused as a number when it is something else: %j',
    (max_tokens) => {
      expect(spawn({ options: { max_tokens } })).toContain('expected options.max_tokens to be a');
    },
  );
});

it('null counts as left out where something may be left out, and nowhere else', () => {
  const nothing = { description: 'D', prompt: 'P' };
  expect(spawned({ agent_type: null, options: null })).toEqual(nothing);
  const options = { temperature: null, cwd: null, mcp_config: { one: null } };
  expect(spawned({ options })).toEqual({ ...nothing, options: { mcp_config: { one: null } } });
  expect(taken('wait', { worker_ids: null, mode: null })).toEqual({});
  expect(spawn({ unknown: null })).toContain('unknown argument "unknown"');
});

it('a half of a character becomes U+FFFD, in texts and names at any depth', () => {
  const half = 'a\ud83d';
  expect(
    spawned({ prompt: `${half} 😀 \\ud83d`, options: { mcp_config: { [half]: [half] } } }),
  ).toEqual({
    ...{ description: 'D', prompt: 'a\ufffd 😀 \\ud83d' },
    options: { mcp_config: { 'a\ufffd': ['a\ufffd'] } },
  });
});

it('a half of a character becomes U+FFFD, also in a text that is read as an object', () => {
  expect(spawned({ options: '{"system":"\\ud83d"}' })).toMatchObject({
    options: { system: '\ufffd' },
  });
});

describe('a NUL is refused', () => {
  it.each<[object, string, string]>([
    [{ prompt: 'a\0b' }, 'prompt', '"a\\u0000b"'],
    [{ description: '\0' }, 'description', '"\\u0000"'],
    [{ options: { cwd: '/a\0' } }, 'options.cwd', '"/a\\u0000"'],
    [{ options: { add_dirs: ['a', '\0'] } }, 'options.add_dirs.1', '"\\u0000"'],
    [{ options: '{"system":"\\u0000"}' }, 'options.system', '"\\u0000"'],
    [
      { options: { mcp_config: { one: { args: ['\0'] } } } },
      'options.mcp_config.one.args.0',
      '"\\u0000"',
    ],
    [{ options: { mcp_config: { 'a\0': {} } } }, 'options.mcp_config.a\\u0000', '"a\\u0000"'],
  ])('in %j', (args, name, found) => {
    expect(spawn(args)).toBe(
      `spawn_worker: expected ${name} to be a text without NUL, found ${found}; take it out.`,
    );
  });

  it('in no pattern that a client has to read', async () => {
    expect(JSON.stringify(listed)).not.toMatch(/"pattern":"[^"]*\\\\?(0|u0000|x00)/);
  });
});

it('arguments that are nested without end are refused', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  expect(spawn({ options: { output_schema: { deep } } })).toBe(
    'spawn_worker: expected arguments of a usual depth, found thousands of levels; flatten them.',
  );
});
