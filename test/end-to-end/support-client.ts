import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Stage } from './harness.ts';

/** What a client process does: the server that it starts, and the workers that it spawns. */
export interface ClientTask {
  args: string[];
  cwd: string;
  env: Record<string, string>;
  /** A command that runs the server's own command. */
  through: string[];
  prompts: string[];
}

/** A client that is a process of its own, with its server and its workers. */
export interface ClientProcess {
  /** The workers, in the order of their prompts. */
  ids: string[];
  /** Kills the client, which closes its ends of all three pipes of its server. */
  kill(): Promise<void>;
}

const entry = fileURLToPath(new URL('client-process.ts', import.meta.url));

/** Starts a client process; resolves once its workers are spawned and its `wait` is open. */
export async function startClient(
  stage: Stage,
  { args, through = [], prompts }: Pick<ClientTask, 'args' | 'prompts'> & Partial<ClientTask>,
): Promise<ClientProcess> {
  const task: ClientTask = {
    ...{ args, through, prompts, cwd: stage.project, env: stage.environment },
  };
  const child = spawn(process.execPath, ['--import', 'tsx', entry, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ids: string[] = JSON.parse((await lines.next()).value ?? '[]');
  await lines.next();
  return {
    ids,
    async kill() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
