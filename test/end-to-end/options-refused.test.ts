import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'vitest';
import { setStage } from './harness.ts';
import { expectRefusals } from './support-refusals.ts';

/** Expects that `spawn_worker` refuses each options object with the sentence beside it. */
async function expectRefusedOptions(
  rows: [options: Record<string, unknown>, sentence: string][],
): Promise<void> {
  const stage = await setStage();
  await symlink('loop', join(stage.project, 'loop'));
  await writeFile(join(stage.project, 'file.txt'), '');
  const refusals = rows.map(([options, sentence]): [Record<string, unknown>, string] => [
    { description: 'A worker', prompt: 'Do it.', options },
    sentence.replaceAll('PROJECT', stage.project),
  ]);
  await expectRefusals(stage, await stage.connect(), 'spawn_worker', refusals);
}

const wrong = (name: string, expected: string, found: string): string =>
  `spawn_worker: expected options.${name} to be ${expected}, found ${found}; correct it or leave it out.`;

it('a mistyped option is refused with the nearest name', async () => {
  await expectRefusedOptions([
    [{ temprature: 1 }, 'spawn_worker: unknown option "temprature"; did you mean temperature?'],
    [{ max_token: 9 }, 'spawn_worker: unknown option "max_token"; did you mean max_tokens?'],
    [{ Model: 'x' }, 'spawn_worker: unknown option "Model"; did you mean model?'],
    [
      { zzzzzzzzzzzz: 1 },
      'spawn_worker: unknown option "zzzzzzzzzzzz"; known are model, system, append_system, temperature, top_p, top_k, max_tokens, thinking, effort, cwd, add_dirs, permission_mode, allowed_tools, disallowed_tools, max_turns, max_budget_usd, timeout_seconds, output_schema, mcp_config, fallback_model, background.',
    ],
  ]);
});

it('an option with a wrong type or range is refused with its valid values', async () => {
  await expectRefusedOptions([
    [{ temperature: 2 }, wrong('temperature', 'a number of at most 1', '2')],
    [{ temperature: -0.1 }, wrong('temperature', 'a number of at least 0', '-0.1')],
    [{ temperature: 'hot' }, wrong('temperature', 'a number', '"hot"')],
    [{ temperature: '0x1' }, wrong('temperature', 'a number', '"0x1"')],
    [
      { cwd: 'a\0b' },
      'spawn_worker: expected options.cwd to be a text without NUL, found "a\\u0000b"; take it out.',
    ],
    [{ top_k: -1 }, wrong('top_k', 'a number of at least 1', '-1')],
    [{ top_k: 1.5 }, wrong('top_k', 'a whole number', '1.5')],
    [{ top_p: 1.1 }, wrong('top_p', 'a number of at most 1', '1.1')],
    [{ max_tokens: 0 }, wrong('max_tokens', 'a number of at least 1', '0')],
    [{ thinking: 'yes' }, wrong('thinking', 'true or false', '"yes"')],
    [{ effort: 'huge' }, wrong('effort', 'one of low, medium, high, xhigh, max', '"huge"')],
    [{ system: '' }, wrong('system', 'not empty', '""')],
    [{ add_dirs: 'src' }, wrong('add_dirs', 'a list', '"src"')],
    [{ allowed_tools: 'Bash' }, wrong('allowed_tools', 'a list', '"Bash"')],
    [{ max_turns: 0 }, wrong('max_turns', 'a number of at least 1', '0')],
    [{ max_budget_usd: 0 }, wrong('max_budget_usd', 'a number greater than 0', '0')],
    [{ timeout_seconds: 0 }, wrong('timeout_seconds', 'a number greater than 0', '0')],
    [
      { timeout_seconds: 1e9 },
      wrong('timeout_seconds', 'a number of at most 1000000', '1000000000'),
    ],
    [{ mcp_config: 'file.json' }, wrong('mcp_config', 'an object', '"file.json"')],
    [
      { permission_mode: 'yolo' },
      wrong(
        'permission_mode',
        'one of default, acceptEdits, plan, dontAsk, auto, bypassPermissions',
        '"yolo"',
      ),
    ],
  ]);
});

it('a text that claude would read as a flag is refused', async () => {
  const expected = 'a text without NUL that does not begin with "-"';
  const flag = '--dangerously-skip-permissions';
  await expectRefusedOptions([
    [{ model: flag }, wrong('model', expected, `"${flag}"`)],
    [{ fallback_model: flag }, wrong('fallback_model', expected, `"${flag}"`)],
    [{ allowed_tools: ['Read', flag] }, wrong('allowed_tools.1', expected, `"${flag}"`)],
    [{ disallowed_tools: [flag] }, wrong('disallowed_tools.0', expected, `"${flag}"`)],
  ]);
});

it('a combination of options that the API refuses is refused before a process starts', async () => {
  const noSampling = (model: string, name: string) =>
    `Model ${model} takes no sampling options, but ${name} was given; leave that out or choose a model such as claude-sonnet-4-6.`;
  await expectRefusedOptions([
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
    [
      { temperature: 0.5, top_p: 0.5 },
      'Model claude-sonnet-4-6 takes temperature or top_p, not both: found temperature 0.5 and top_p 0.5; leave one of them out.',
    ],
    [{ model: 'claude-opus-4-7', temperature: 0.5 }, noSampling('claude-opus-4-7', 'temperature')],
    [{ model: 'claude-sonnet-5-5', top_k: 5 }, noSampling('claude-sonnet-5-5', 'top_k')],
    // The aliases stand for models of the fifth generation.
    [{ model: 'opus', top_p: 0.9 }, noSampling('opus (here claude-opus-5-5)', 'top_p')],
    [
      { model: 'sonnet', temperature: 0 },
      noSampling('sonnet (here claude-sonnet-5-5)', 'temperature'),
    ],
    [
      { model: 'haiku', temperature: 0.5 },
      noSampling('haiku (here claude-haiku-5-5)', 'temperature'),
    ],
    // The fallback model gets the same options.
    [
      { fallback_model: 'claude-opus-5-5', temperature: 0.5 },
      noSampling('claude-opus-5-5', 'temperature'),
    ],
  ]);
});

it('a working directory that claude cannot use is refused', async () => {
  const refused = (problem: string) =>
    `options.cwd must be a folder that can be read, but PROJECT/${problem}; give another one or leave it out.`;
  await expectRefusedOptions([
    [{ cwd: 'nowhere' }, refused('nowhere does not exist')],
    [{ cwd: 'file.txt' }, refused('file.txt is not a folder')],
    [{ cwd: 'loop' }, refused('loop cannot be read')],
    [{ cwd: 'file.txt/sub' }, refused('file.txt/sub cannot be read')],
    [{ cwd: '' }, wrong('cwd', 'not empty', '""')],
  ]);
});

it('an output schema that claude would ignore is refused', async () => {
  await expectRefusedOptions([
    [{ output_schema: 'an object' }, wrong('output_schema', 'an object', '"an object"')],
    [
      { output_schema: { type: 'array' } },
      'options.output_schema must be a JSON Schema of type "object", found type "array"; wrap the answer in an object.',
    ],
    [
      { output_schema: { type: 'object', properties: { a: { type: 'nonsense' } } } },
      'options.output_schema is no valid JSON Schema: type must be JSONType or JSONType[]: nonsense; correct it.',
    ],
  ]);
});
