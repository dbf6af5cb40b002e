import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { WorkerFact, WorkerSpec } from '../../machines/worker.ts';
import { messageOf } from '../errors.ts';
import type { EffectiveOptions } from '../options.ts';
import { replaceFile, unlessMissing } from '../store/files.ts';
import type { WorkerPaths } from '../store/paths.ts';
import { claudeArguments, claudeMcpConfig, claudeSettings } from './arguments.ts';
import { workerEnvironment } from './environment.ts';
import { CommandNotFound, type Launch, type Launched } from './launch.ts';

/** What every `claude` of a server is started with. */
export interface StartPort {
  command: string;
  env: NodeJS.ProcessEnv;
  keepAliveSeconds: number;
  depth: number;
  launch: Launch;
}

export interface StartInput {
  port: StartPort;
  spec: WorkerSpec;
  options: EffectiveOptions;
  paths: WorkerPaths;
  /** Whether the session exists already. */
  resume: boolean;
  remembered: Record<string, unknown>[];
}

/** Starts `claude` for a worker, with its settings in files that only their owner can read. */
export async function startClaude(input: StartInput): Promise<Launched> {
  const { port, spec, options, paths, remembered } = input;
  await writePrivate(paths.settings, claudeSettings(remembered));
  await writePrivate(paths.mcpConfig, claudeMcpConfig(options));
  await endLastLine(paths.stdout);
  return port.launch({
    command: port.command,
    args: claudeArguments(input),
    env: workerEnvironment({ ...port, parent: port.env, worker_id: spec.worker_id, options }),
    cwd: spec.cwd,
    paths,
  });
}

/** A process that died in the middle of a line must not take the first line of the next with it. */
async function endLastLine(path: string): Promise<void> {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW;
  const file = await unlessMissing(open(path, flags));
  if (!file) return;
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    if (bytesRead === 1 && buffer.toString() !== '\n') await file.appendFile('\n');
  } finally {
    await file.close();
  }
}

/** Why `claude` could not be started. */
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
