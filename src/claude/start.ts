import type { WorkerFact, WorkerSpec } from '../../machines/worker.ts';
import type { Config } from '../config/config.ts';
import type { EffectiveOptions } from '../config/options.ts';
import { messageOf } from '../errors.ts';
import type { WorkerPaths } from '../files/paths.ts';
import { replaceFile } from '../files/private-files.ts';
import {
  claudeArguments,
  claudeMcpConfig,
  claudeSettings,
  hasPrivateSettings,
  type WorkerVariables,
} from './arguments.ts';
import { type CarrierInput, carriedValues } from './carriers.ts';
import { workerEnvironment } from './environment.ts';
import { extraBody } from './extra-body.ts';
import { grantingAgents } from './granting-agents.ts';
import { CommandNotFound, type Launch, type Launched, type LaunchInput } from './launch.ts';

/** The parts of a start that are the same for every `claude` of a server. */
export interface SetupDeps {
  command: string;
  env: NodeJS.ProcessEnv;
  keepAliveSeconds: number;
  depth: number;
  passEnv?: string[] | undefined;
}

/** Returns what the settings of a server say about every start. */
export function setupOf(
  { claude: command, keepAliveSeconds, depth, passEnv }: Config,
  env: NodeJS.ProcessEnv,
): SetupDeps {
  return { command, keepAliveSeconds, depth, passEnv, env };
}

export interface StartDeps extends SetupDeps {
  launch: Launch;
}

/** The worker whose process is started, and how. */
export interface LaunchSubject {
  deps: SetupDeps;
  spec: Pick<WorkerSpec, 'worker_id' | 'session_id' | 'agent_type' | 'cwd'>;
  options: EffectiveOptions;
  /** The permission mode of this process, in place of the worker's own. */
  mode?: string;
  paths: WorkerPaths;
  /** True when the session already exists. */
  resume: boolean;
  remembered: Record<string, unknown>[];
  /** The agents that this worker may not start; see granting-agents.ts. */
  deniedAgents: string[];
}

export interface StartInput extends Omit<LaunchSubject, 'deniedAgents'> {
  deps: StartDeps;
  /** Cancels the start, unless it has begun. */
  signal?: AbortSignal;
}

/** Starts `claude` for a worker. */
export async function startClaude(input: StartInput): Promise<Launched> {
  const { deps, options, signal } = input;
  await writePrivateFiles(input);
  const places = { cwd: input.spec.cwd, env: deps.env, options };
  const deniedAgents = await grantingAgents(places);
  return deps.launch({ ...launchInput({ ...input, deniedAgents }), ...(signal && { signal }) });
}

/** Writes what is private in the settings of a worker into files that only their owner can read. */
export async function writePrivateFiles(input: Omit<LaunchSubject, 'deniedAgents'>): Promise<void> {
  const { options, paths, remembered } = input;
  const settings = { remembered, variables: variablesOf(input) };
  if (hasPrivateSettings(settings)) await writePrivate(paths.settings, claudeSettings(settings));
  if (options.mcp_config) await writePrivate(paths.mcpConfig, claudeMcpConfig(options));
}

/** Returns what to start for a worker with these ids, options and paths. */
export function launchInput(input: LaunchSubject): LaunchInput {
  const { deps, spec, paths } = input;
  return {
    command: deps.command,
    args: claudeArguments({ ...input, variables: variablesOf(input) }),
    env: workerEnvironment(carrierInput(input)),
    cwd: spec.cwd,
    paths,
  };
}

type Chosen = Pick<LaunchSubject, 'deps' | 'spec' | 'options'>;

function variablesOf(input: Chosen): WorkerVariables {
  const { isPrivate } = extraBody(input.options, input.deps.env);
  return { values: carriedValues(carrierInput(input)), isPrivate };
}

function carrierInput({ deps, spec, options }: Chosen): CarrierInput {
  return { ...deps, parent: deps.env, worker_id: spec.worker_id, options };
}

/** Returns the fact that reports a failed start. */
export function startFailure(error: unknown): WorkerFact {
  const hint = messageOf(error);
  if (!(error instanceof CommandNotFound)) {
    return { type: 'START_FAILED', reason: 'spawn_error', hint, returncode: null };
  }
  const advice =
    'Install it with `npm install -g @anthropic-ai/claude-code`, or name its path in AWM_CLAUDE.';
  return {
    type: 'START_FAILED',
    reason: 'claude_not_found',
    hint: `${hint}. ${advice}`,
    returncode: null,
  };
}

async function writePrivate(path: string, value: Record<string, unknown>): Promise<void> {
  await replaceFile(path, (file) => file.writeFile(JSON.stringify(value)));
}
