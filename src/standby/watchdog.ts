import { spawn } from 'node:child_process';

/** Kills a process group when this server ends, unless the watchdog is released before. */
export interface Watchdog {
  /** Resolves once the end of this server no longer kills the group. */
  release(): Promise<void>;
}

/** Waits for a line; a pipe that ends without a line has lost the server at its other end. */
const script = 'read -r _ || kill -KILL "-$0"';

/**
 * Starts a watchdog for the group of a process. A killed server cannot end its standby processes, and
 * they would wait for ever.
 * @throws Error when no shell can be started.
 */
export async function watchGroup(pid: number): Promise<Watchdog> {
  const shell = spawn('/bin/sh', ['-c', script, String(pid)], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await new Promise<void>((resolve, reject) => {
    shell.once('spawn', resolve);
    shell.once('error', reject);
  });
  // A shell that exited needs no release.
  shell.stdin.on('error', () => {});
  shell.unref();
  return {
    // The shell reads a line that is in the pipe, even after its writer has exited.
    release: () => new Promise((resolve) => shell.stdin.end('released\n', () => resolve())),
  };
}
