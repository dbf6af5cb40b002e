import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { WorkerInput } from '../../machines/worker.ts';
import type { Config } from '../config/config.ts';
import { type Options, samplingOptions, withDefaults } from '../config/options.ts';
import { schemaProblem } from '../config/output-schema.ts';
import { codeOf, ManagerError, messageOf, tooDeep } from '../errors.ts';
import { workerPaths } from '../files/paths.ts';
import { makeLogsFolder, makePrivateFolder } from '../files/private-files.ts';
import { type AskModel, chooseModel } from '../models/choose.ts';
import { providerOf } from '../models/facts.ts';
import { spawnNotes } from '../models/notes.ts';
import { refusalOf } from '../models/refusal.ts';
import type { Ids, SetUp } from '../standby/start-input.ts';

export interface SpawnInput {
  description: string;
  prompt: string;
  agent_type?: string | null | undefined;
  options?: Options | undefined;
}

/** What a spawn needs from outside. */
export interface SpawnDeps {
  config: Config;
  newId(): string;
  /** Gives a process that was started ahead, if one fits, and its folder to the new worker. */
  claim(setUp: SetUp): Promise<Ids | undefined>;
  /** Asks `claude` for the model of such a worker. */
  askModel(setUp: SetUp): AskModel;
  /** The environment of the server. */
  env: NodeJS.ProcessEnv;
  /** Milliseconds since 1970. */
  now(): number;
}

/** A worker that may be born, and what its caller should know of it. */
export interface PreparedSpawn {
  input: WorkerInput;
  /** The model that was chosen for its sampling options. */
  model?: string;
  note?: string;
}

/**
 * Checks a request to spawn and makes the worker's folder.
 * @returns what the worker is born with, and what there is to say of it.
 * @throws ManagerError, before anything is started or written, when the request is wrong.
 */
export async function prepareSpawn(
  { description, prompt, agent_type = null, options: given = {} }: SpawnInput,
  { config, newId, claim, askModel, env, now }: SpawnDeps,
): Promise<PreparedSpawn> {
  if (config.depth > 0) throw tooDeep();
  const asked = withDefaults(given, config.defaults);
  refuse(grantProblem(given, config));
  refuse(asked.output_schema && schemaProblem(asked.output_schema));
  const cwd = resolve(config.projectDir, asked.cwd ?? '.');
  await checkFolder(cwd);
  const wantsSampling =
    !asked.thinking && samplingOptions.some((name) => given[name] !== undefined);
  const ask = askModel({ options: asked, agent_type, cwd });
  const { options, models, chosen } = await chooseModel(asked, wantsSampling, ask);
  refuse(refusalOf(options, models));

  const claimed = await claim({ options, agent_type, cwd });
  const ids = claimed ?? { worker_id: newId(), session_id: newId() };
  if (!claimed) await makeFolders(config.logsDir, ids.worker_id);
  const time_limit_seconds = options.timeout_seconds ?? null;
  const spec = { ...ids, description, agent_type, cwd, time_limit_seconds, options };
  const provider = providerOf(env);
  const note = spawnNotes({ given, models, chosen, provider, now: now() }).join(' ');
  return {
    input: { spec, prompt: { id: newId(), text: prompt } },
    ...(chosen === undefined ? {} : { model: chosen }),
    ...(note === '' ? {} : { note }),
  };
}

function refuse(refusal: string | undefined): void {
  if (refusal !== undefined) throw new ManagerError('invalid_input', refusal);
}

/** Modes in which `claude` itself allows some tools. */
const grantingModes = ['acceptEdits', 'auto', 'bypassPermissions'];

/** Options that let a worker do something unasked: an MCP server is a command that is run at once. */
const grantingOptions = ['allowed_tools', 'add_dirs', 'mcp_config'] as const;

/** Where only the user may grant, the caller must not grant in advance either. */
function grantProblem(options: Options, { approvals }: Config): string | undefined {
  if (approvals !== 'human') return undefined;
  const mode = options.permission_mode ?? 'default';
  const name = grantingModes.includes(mode)
    ? 'permission_mode'
    : grantingOptions.find((option) => options[option] !== undefined);
  if (name === undefined) return undefined;
  return `On this server only the user grants permissions (--approvals human), so options.${name} cannot grant anything in advance; leave it out.`;
}

async function checkFolder(cwd: string): Promise<void> {
  const problem = await problemWith(cwd);
  if (problem === undefined) return;
  throw new ManagerError(
    'invalid_input',
    `options.cwd must be a folder that can be read, but ${cwd} ${problem}; give another one or leave it out.`,
  );
}

async function problemWith(cwd: string): Promise<string | undefined> {
  try {
    if (!(await stat(cwd)).isDirectory()) return 'is not a folder';
    await access(cwd, constants.R_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'does not exist' : 'cannot be read';
  }
}

async function makeFolders(logsDir: string, worker_id: string): Promise<void> {
  try {
    await makeLogsFolder(logsDir);
    await makePrivateFolder(workerPaths(logsDir, worker_id).folder);
  } catch (error) {
    throw new ManagerError(
      'storage',
      `The logs folder ${logsDir} cannot be written: ${messageOf(error)}. Name another one in AWM_LOGS_DIR.`,
      { cause: error },
    );
  }
}
