import type { WorkerInput } from '../../machines/worker.ts';
import { managedNotes } from '../claude/managed-settings.ts';
import type { Config } from '../config/config.ts';
import { wholePath } from '../config/given-path.ts';
import { type Options, samplingOptions, withDefaults } from '../config/options.ts';
import { schemaProblem } from '../config/output-schema.ts';
import { ManagerError, messageOf, tooDeep } from '../errors.ts';
import { workerPaths } from '../files/paths.ts';
import { makePrivateFolder } from '../files/private-files.ts';
import { makeLogsFolder, makeStateFolder } from '../files/project-folders.ts';
import { type AskModel, chooseModel } from '../models/choose.ts';
import { providerOf } from '../models/facts.ts';
import { spawnNotes } from '../models/notes.ts';
import { refusalOf } from '../models/refusal.ts';
import type { Ids, SetUp } from '../standby/start-input.ts';
import type { Services } from './services.ts';
import { folderProblem, grantProblem, promptProblem } from './spawn-checks.ts';
import { commandProblem, withWholePaths } from './spawn-paths.ts';

export interface SpawnInput {
  description: string;
  prompt: string;
  agent_type?: string | null | undefined;
  options?: Options | undefined;
}

/** The model of a new worker, as far as its caller did not choose it. */
interface ModelChoice {
  /** The model that was chosen because the sampling options came without one. */
  model?: string;
  note?: string;
}

export interface SpawnResult extends ModelChoice {
  worker_id: string;
  status: 'spawning' | 'queued';
  /** Place in the queue, from 1. */
  position?: number;
}

export interface PreparedSpawn extends ModelChoice {
  input: WorkerInput;
}

export interface SpawnDeps {
  config: Config;
  newId(): string;
  /** Moves a fitting standby process to the new worker's folder, and returns its ids. */
  claim(setUp: SetUp): Promise<Ids | undefined>;
  /** Checks, until it has passed once, whether workers can live in the state folder. */
  probeOnce(): Promise<void>;
  /** Asks `claude` for the model of such a worker. */
  askModel(setUp: SetUp): AskModel;
  /** The environment of the server. */
  env: NodeJS.ProcessEnv;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Starts a worker, or queues it when all slots are taken. */
export async function spawnWorker(services: Services, given: SpawnInput): Promise<SpawnResult> {
  const { workers, standby, adoption, directory } = services;
  const { input, ...choice } = await prepareSpawn(given, { ...services, claim: standby.claim });
  const { worker_id } = input.spec;
  await directory.ready();
  await adoption.claim(worker_id);
  const actor = workers.spawn(input);
  standby.tend();
  await directory.recorded(worker_id);
  const position = workers.supervisor.getSnapshot().context.queue.indexOf(worker_id) + 1;
  const isQueued = actor.getSnapshot().matches({ spawning: 'queued' }) && position > 0;
  return isQueued
    ? { worker_id, status: 'queued', position, ...choice }
    : { worker_id, status: 'spawning', ...choice };
}

/**
 * Checks the input of a spawn and makes the worker's folder.
 * @throws ManagerError when the input is wrong, before anything is started or written.
 */
export async function prepareSpawn(given: SpawnInput, deps: SpawnDeps): Promise<PreparedSpawn> {
  const { config, newId, claim } = deps;
  if (config.depth > 0) throw tooDeep();
  const { description, prompt, agent_type = null } = given;
  refuse(promptProblem(prompt));
  const { options, cwd, choice } = await effectiveOptions(given, deps);
  await makeFolders(config, deps.probeOnce);
  const claimed = await claim({ options, agent_type, cwd });
  const { worker_id, session_id } = claimed ?? { worker_id: newId(), session_id: newId() };
  if (!claimed) await makeFolder('state', workerPaths(config, worker_id).folder, makePrivateFolder);
  const time_limit_seconds = options.timeout_seconds ?? null;
  // Without a spread: V8 makes a hidden class for each object that begins with one.
  const spec = { worker_id, session_id, description, agent_type, cwd, time_limit_seconds, options };
  return { input: { spec, prompt: { id: newId(), text: prompt } }, ...choice };
}

/** Returns the options with defaults and a model, once all of them are checked. */
async function effectiveOptions(
  { agent_type = null, options: given = {} }: SpawnInput,
  { config, askModel, env, now }: SpawnDeps,
) {
  const asked = withDefaults(given, config.defaults);
  refuse(grantProblem(given, config));
  refuse(asked.output_schema && schemaProblem(asked.output_schema));
  const cwd = wholePath(config.projectDir, asked.cwd ?? '.');
  // Read during the checks below. It never rejects, so a refusal leaves nothing behind.
  const managed = managedNotes();
  refuse(await folderProblem('cwd', cwd));
  refuse(commandProblem(asked));
  const located = withWholePaths(asked, cwd);
  for (const folder of located.add_dirs ?? []) refuse(await folderProblem('add_dirs', folder));
  const wantsSampling =
    !asked.thinking && samplingOptions.some((name) => given[name] !== undefined);
  const ask = askModel({ options: located, agent_type, cwd });
  const { options, models, chosen } = await chooseModel(located, wantsSampling, ask);
  refuse(refusalOf(options, models));
  const provider = providerOf(env);
  const notes = spawnNotes({ given, models, chosen, provider, now: now() });
  const note = [...notes, ...(await managed)].join(' ');
  const choice: ModelChoice = {
    ...(chosen === undefined ? {} : { model: chosen }),
    ...(note === '' ? {} : { note }),
  };
  return { options, cwd, choice };
}

function refuse(refusal: string | undefined): void {
  if (refusal !== undefined) throw new ManagerError('invalid_input', refusal);
}

async function makeFolders(config: Config, probeOnce: () => Promise<void>): Promise<void> {
  await makeFolder('logs', config.logsDir, makeLogsFolder);
  await makeFolder('state', config.stateDir, () => makeStateFolder(config).then(probeOnce));
}

async function makeFolder(
  name: 'logs' | 'state',
  path: string,
  make: (path: string) => Promise<unknown>,
): Promise<void> {
  try {
    await make(path);
  } catch (error) {
    throw new ManagerError(
      'storage',
      `The ${name} folder ${path} cannot be used: ${messageOf(error)}. Name another one in AWM_${name.toUpperCase()}_DIR.`,
      { cause: error },
    );
  }
}
