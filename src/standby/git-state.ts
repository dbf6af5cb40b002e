import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ancestors } from './start-files.ts';

/** A status that takes longer is not waited for: a new start would be about as fast. */
const patienceMs = 1_000;

/**
 * What `claude` tells its model of a repository when it starts: the branch, the last commits and what
 * is changed. Empty where there is none.
 * @throws GitTooSlow when it takes too long to tell.
 */
export async function gitState(cwd: string, env: Record<string, string>): Promise<string> {
  if (!(await isInRepository(cwd))) return '';
  const args = ['-c', 'core.fsmonitor=false', 'status', '--porcelain=v2', '--branch'];
  const options = {
    cwd,
    // Who only looks must not keep anybody from writing the index.
    env: { ...env, GIT_OPTIONAL_LOCKS: '0' },
    timeout: patienceMs,
    maxBuffer: 16 * 1024 ** 2,
  };
  try {
    const { stdout } = await promisify(execFile)('git', args, options);
    return stdout;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'killed' in error && error.killed) {
      throw new GitTooSlow(`git status took longer than ${patienceMs} ms in ${cwd}.`);
    }
    return '';
  }
}

/** Looks for what git looks for, as to start git takes longer. */
async function isInRepository(cwd: string): Promise<boolean> {
  const found = ancestors(cwd).map((folder) => stat(join(folder, '.git')).catch(() => undefined));
  return (await Promise.all(found)).some((entry) => entry !== undefined);
}

/** The state of a repository could not be told in time. */
export class GitTooSlow extends Error {
  override readonly name = 'GitTooSlow';
}
