import { describe, expect, it } from 'vitest';
import { ManagerError } from '../../../src/errors.ts';
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
    [{ options: null }, 'expected options to be an object, found null'],
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
    [{ options: { temperature: null } }, 'expected options.temperature to be a number, found null'],
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
      /^spawn_worker: unknown option "zzzzzzzzzz"; known are model, system, .*, fallback_model\.$/,
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
