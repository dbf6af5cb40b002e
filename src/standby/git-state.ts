import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { ancestors } from '../files/paths.ts';

/** How long a status may take, in milliseconds: a new start of `claude` takes about as long. */
const statusMs = 1_000;

/**
 * Returns what decides the git status that `claude` gives to its model at its start: the branch, the
 * last commit and the changes. Returns '' outside a repository.
 * @throws GitTooSlow when the status takes too long.
 */
export async function gitState(cwd: string, env: Record<string, string>): Promise<string> {
  if (!(await isInRepository(cwd))) return '';
  const args = ['-c', 'core.fsmonitor=false', 'status', '--porcelain=v2', '--branch'];
  const options = {
    cwd,
    // A read-only status must not lock the index for other commands.
    env: { ...env, GIT_OPTIONAL_LOCKS: '0' },
    ...{
      extendEnv: false,
      cleanup: false,
      reject: false,
      timeout: statusMs,
      maxBuffer: 16 * 1024 ** 2,
    },
  } as const;
  const { stdout, failed, timedOut } = await execa('git', args, options);
  if (timedOut) throw new GitTooSlow(`git status took longer than ${statusMs} ms in ${cwd}.`);
  return failed ? '' : stdout;
}

/** True when a folder or a folder above has `.git`; a start of git would take longer. */
async function isInRepository(cwd: string): Promise<boolean> {
  const found = ancestors(cwd).map((folder) => stat(join(folder, '.git')).catch(() => undefined));
  return (await Promise.all(found)).some((entry) => entry !== undefined);
}

/** The error of a git status that took too long. */
export class GitTooSlow extends Error {
  override readonly name = 'GitTooSlow';
}
