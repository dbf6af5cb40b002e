import type { WorkerFact, WorkerSpec } from '../../machines/worker.ts';
import type { EffectiveOptions } from '../config/options.ts';
import { messageOf } from '../errors.ts';
import type { WorkerPaths } from '../files/paths.ts';
import { replaceFile } from '../files/private-files.ts';
import { claudeArguments, claudeMcpConfig, claudeSettings } from './arguments.ts';
import { workerEnvironment } from './environment.ts';
import { grantingAgents } from './granting-agents.ts';
import { CommandNotFound, type Launch, type Launched, type LaunchInput } from './launch.ts';

/** The parts of a start that are the same for every `claude` of a server. */
export interface SetupDeps {
  command: string;
  env: NodeJS.ProcessEnv;
  keepAliveSeconds: number;
  depth: number;
}

export interface StartDeps extends SetupDeps {
  launch: Launch;
}

/** The worker whose process is started, and how. */
export interface LaunchSubject {
  deps: SetupDeps;
  spec: Pick<WorkerSpec, 'worker_id' | 'session_id' | 'agent_type' | 'cwd'>;
  options: EffectiveOptions;
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

/** Starts `claude` for a worker; private settings go into files that only their owner can read. */
export async function startClaude(input: StartInput): Promise<Launched> {
  const { deps, options, paths, remembered, signal } = input;
  if (remembered.length > 0) await writePrivate(paths.settings, claudeSettings(remembered));
  if (options.mcp_config) await writePrivate(paths.mcpConfig, claudeMcpConfig(options));
  const places = { cwd: input.spec.cwd, env: deps.env, options };
  const deniedAgents = await grantingAgents(places);
  return deps.launch({ ...launchInput({ ...input, deniedAgents }), ...(signal && { signal }) });
}

/** Returns what to start for a worker with these ids, options and paths. */
export function launchInput(input: LaunchSubject): LaunchInput {
  const { deps, spec, options, paths } = input;
  return {
    command: deps.command,
    args: claudeArguments(input),
    env: workerEnvironment({ ...deps, parent: deps.env, worker_id: spec.worker_id, options }),
    cwd: spec.cwd,
    paths,
  };
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
