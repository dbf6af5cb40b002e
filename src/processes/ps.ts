import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Runs `ps`, which macOS has in place of /proc. In UTC and in the plain language, because a start time
 * is compared with a start time that was read in another environment.
 * @throws Error when no process is found.
 */
export async function ps(args: readonly string[]): Promise<string> {
  const env = { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C' };
  // The environments of a few hundred processes are longer than the limit that is the default.
  const limits = { maxBuffer: Number.POSITIVE_INFINITY };
  const { stdout } = await promisify(execFile)('ps', args, { env, ...limits });
  return stdout;
}
