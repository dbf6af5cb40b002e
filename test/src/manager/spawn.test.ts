import { randomUUID } from 'node:crypto';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/config.ts';
import { thisMachine } from '../../../src/config/resources.ts';
import { prepareSpawn, type SpawnInput } from '../../../src/manager/spawn.ts';
import { temporaryFolder } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';

const today = Date.parse('2026-11-29');

async function createProject(settings: Partial<Config> = {}, userModel = 'claude-opus-5-5') {
  const project = await temporaryFolder();
  const config: Config = {
    ...{ claude: 'claude', projectDir: project, maxWorkers: 1 },
    ...foldersIn(join(project, 'logs')),
    ...{ onExit: 'finish', approvals: 'caller', keepAliveSeconds: 1, defaults: {}, depth: 0 },
    ...{ standby: 0, machine: thisMachine() },
    ...settings,
  };
  const claim = async () => undefined;
  const askModel = () => async () => userModel;
  const probeOnce = async () => {};
  const deps = { config, newId: randomUUID, claim, askModel, probeOnce, env: {}, now: () => today };
  const prepare = (given: Partial<SpawnInput> = {}) =>
    prepareSpawn({ description: 'D', prompt: 'P', ...given }, deps);
  return { project, config, prepare };
}

describe('a worker is prepared', () => {
  it('with new ids, all options with their defaults, and its prompt', async () => {
    const { prepare, project } = await createProject({ defaults: { effort: 'low' } });
    const given = { agent_type: 'Plan', options: { timeout_seconds: 5 } };
    const { input, ...choice } = await prepare(given);
    const { spec, prompt } = input;
    expect(choice).toEqual({});
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(spec).toEqual({
      ...{ worker_id: uuid, session_id: uuid, description: 'D', agent_type: 'Plan', cwd: project },
      time_limit_seconds: 5,
      options: {
        ...{ temperature: 1, thinking: false, permission_mode: 'default' },
        ...{ effort: 'low', timeout_seconds: 5 },
      },
    });
    expect(prompt).toEqual({ id: uuid, text: 'P' });
    expect(new Set([spec.worker_id, spec.session_id, prompt.id]).size).toBe(3);
  });

  it('with a private folder, in a logs folder that git ignores', async () => {
    const { prepare, config } = await createProject();
    const { spec } = (await prepare()).input;
    const folder = join(config.stateDir, `worker-${spec.worker_id}`);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect(await readdir(config.logsDir)).toContain('.gitignore');
  });

  it('in the given folder, relative to the project', async () => {
    const { prepare, project } = await createProject();
    await mkdir(join(project, 'lib'));
    const cwdOf = async (cwd: string) => (await prepare({ options: { cwd } })).input.spec.cwd;
    expect(await cwdOf('lib')).toBe(join(project, 'lib'));
    expect(await cwdOf('/')).toBe('/');
  });

  it('with a model for its sampling options, and a note for the caller', async () => {
    const { prepare } = await createProject();
    const { input, model, note } = await prepare({ options: { temperature: 1 } });
    expect(input.spec.options).toMatchObject({ model: 'claude-sonnet-4-6', temperature: 1 });
    expect(model).toBe('claude-sonnet-4-6');
    expect(note).toBe(
      'Sampling options need a model that takes them, and the call names none, so claude-sonnet-4-6 was chosen. Name another one in options.model.',
    );
  });

  it('with notes on a model that retires soon, also on a default of the server', async () => {
    const { prepare } = await createProject({ defaults: { model: 'claude-sonnet-4-5' } });
    const retired =
      'Model claude-sonnet-4-5 will be retired on 30 November 2026. Choose a newer one in options.model.';
    expect((await prepare()).note).toBe(retired);
    const always = 'Model claude-opus-5-5 always thinks, so thinking: false changes nothing.';
    const options = {
      model: 'claude-opus-5-5',
      fallback_model: 'claude-sonnet-4-5',
      thinking: false,
    };
    expect((await prepare({ options })).note).toBe(
      `${retired.replace('options.model', 'options.fallback_model')} ${always}`,
    );
  });

  it('without a chosen model when a temperature of 1 comes with thinking', async () => {
    const { prepare } = await createProject();
    const { input, ...choice } = await prepare({ options: { temperature: 1, thinking: true } });
    expect(input.spec.options).not.toHaveProperty('model');
    expect(choice).toEqual({});
  });
});

describe('a spawn is refused', () => {
  /** Returns the refusal, and checks that nothing was written. */
  async function refusalOf(given: Partial<SpawnInput>, settings: Partial<Config> = {}) {
    const { prepare, config } = await createProject(settings);
    const error = await prepare(given).catch((thrown: unknown) => thrown);
    await expect(readdir(config.logsDir)).rejects.toMatchObject({ code: 'ENOENT' });
    return error;
  }

  it('inside a worker', async () => {
    expect(await refusalOf({}, { depth: 1 })).toMatchObject({
      code: 'too_deep',
      message:
        'This server runs inside a worker, and a worker cannot start or touch workers; do the work here, or report back what should be done.',
    });
  });

  it('with options that exclude each other, also when one is a default of the server', async () => {
    const options = { thinking: true, temperature: 0.5 };
    const sentence = /^temperature cannot be combined with thinking/;
    expect(await refusalOf({ options })).toMatchObject({ code: 'invalid_input' });
    const error = await refusalOf(
      { options: { temperature: 0.5 } },
      { defaults: { thinking: true } },
    );
    expect(error).toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(sentence),
    });
  });

  it('with an output schema that is no JSON Schema', async () => {
    expect(await refusalOf({ options: { output_schema: { type: 'text' } } })).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(
        'options.output_schema must be a JSON Schema of type "object"',
      ),
    });
  });

  it.each([
    [{ allowed_tools: ['Bash'] }, 'allowed_tools'],
    [{ permission_mode: 'acceptEdits' }, 'permission_mode'],
    [{ permission_mode: 'bypassPermissions' }, 'permission_mode'],
    [{ permission_mode: 'auto' }, 'permission_mode'],
    [{ add_dirs: ['lib'] }, 'add_dirs'],
    [{ mcp_config: { db: { command: 'db' } } }, 'mcp_config'],
  ] as const)('with a grant in advance, where only the user grants: %j', async (options, name) => {
    expect(
      await refusalOf({ options: { ...options } as object }, { approvals: 'human' }),
    ).toMatchObject({
      code: 'invalid_input',
      message: `On this server only the user grants permissions (--approvals human), so options.${name} cannot grant anything in advance; leave it out.`,
    });
  });

  it('with a working directory that is missing, a file, or inside a file', async () => {
    const { prepare, project } = await createProject();
    await writeFile(join(project, 'file'), '');
    const missing = join(project, 'missing');
    const refusal = (cwd: string) => prepare({ options: { cwd } }).catch(({ message }) => message);
    const sentence = (cwd: string, problem: string) =>
      `options.cwd must be a folder that can be read, but ${cwd} ${problem}; give another one or leave it out.`;
    expect(await refusal('missing')).toBe(sentence(missing, 'does not exist'));
    expect(await refusal('file')).toBe(sentence(join(project, 'file'), 'is not a folder'));
    expect(await refusal('file/inside')).toBe(
      sentence(join(project, 'file/inside'), 'cannot be read'),
    );
  });

  it('when the logs folder cannot be made, and the sentence names the setting for another one', async () => {
    const { prepare, config } = await createProject();
    await writeFile(config.logsDir, 'a file');
    const error = await prepare().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'storage', cause: { code: 'EEXIST' } });
    expect(String(error)).toMatch(
      /^ManagerError: The logs folder .* cannot be used: EEXIST.*Name another one in AWM_LOGS_DIR\.$/,
    );
  });
});
