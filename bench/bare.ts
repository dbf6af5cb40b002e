import { type ChildProcess, spawn } from 'node:child_process';
import { claude, type Stage } from '../demo/stage.ts';

/** A bare `claude`, to compare with a worker. */
interface Bare {
  child: ChildProcess;
  /** Resolves when the process has exited; rejects when it exited with an error. */
  ended: Promise<void>;
}

/** The arguments of a bare `claude`; like a worker it has the model of its settings. */
export const bareArguments = (prompt: string): string[] => ['-p', prompt];

/** Starts `claude` in the stage's project with a closed stdin, so that it does not wait for input. */
export function startBare({ project, env }: Stage, args: string[]): Bare {
  const child = spawn(claude, args, { cwd: project, env, stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout?.resume();
  return { child, ended: endOf(child) };
}

/** Resolves when a process has exited with 0 and its pipes are closed. */
export function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${child.spawnfile} ended with ${code ?? signal}.`));
    });
  });
}
