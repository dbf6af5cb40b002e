import { spawn } from 'node:child_process';

/** Ends a process group once this server is no more, unless it was released before. */
export interface Guard {
  /** Resolves when whatever becomes of this server no longer touches the group. */
  release(): Promise<void>;
}

/** Waits for a word; a pipe that ends without one has lost the server at its other end. */
const script = 'read -r _ || kill -KILL "-$0"';

/**
 * Sets a guard over the group of a process. A server that is killed can clean nothing up, and a
 * process that waits to be used would wait for ever.
 * @throws Error when no shell can be started.
 */
export async function guardGroup(pid: number): Promise<Guard> {
  const guard = spawn('/bin/sh', ['-c', script, String(pid)], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await new Promise<void>((resolve, reject) => {
    guard.once('spawn', resolve);
    guard.once('error', reject);
  });
  // A guard that is gone has nothing to be told.
  guard.stdin.on('error', () => {});
  guard.unref();
  return {
    // A word that is in the pipe is read, whatever becomes of who wrote it.
    release: () => new Promise((resolve) => guard.stdin.end('released\n', () => resolve())),
  };
}
