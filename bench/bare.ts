import { type ChildProcess, spawn } from 'node:child_process';
import { claude, type Stage } from '../demo/stage.ts';

/** A `claude` with nothing around it, to hold a worker against. */
interface Bare {
  child: ChildProcess;
  /** Resolves when it has ended; rejects when that was with an error. */
  ended: Promise<void>;
}

/** What a bare `claude` is told; like a worker it has the model that its settings give it. */
export const bareArguments = (prompt: string): string[] => ['-p', prompt];

/** Starts it in the stage's project, with its stdin closed, so that it does not wait for more. */
export function startBare({ project, env }: Stage, args: string[]): Bare {
  const child = spawn(claude, args, { cwd: project, env, stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout?.resume();
  return { child, ended: endOf(child) };
}

/** Resolves when a process has ended well and its pipes are closed. */
export function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${child.spawnfile} ended with ${code ?? signal}.`));
    });
  });
}
