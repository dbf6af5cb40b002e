import { stat } from 'node:fs/promises';
import { processesOf } from '../../src/processes/reap.ts';

/**
 * Returns a worker's own process, which reads its FIFO, and the child processes. Each process is
 * recognized by its stdin, because a new process can replace the worker's process at any time.
 */
export async function processesBy(
  worker_id: string,
  fifo: string,
): Promise<{ own: number[]; others: number[] }> {
  const pids = await processesOf(worker_id);
  const wanted = await stat(fifo).catch(() => undefined);
  const inodes = await Promise.all(
    pids.map(async (pid) => (await stat(`/proc/${pid}/fd/0`).catch(() => undefined))?.ino),
  );
  return {
    own: pids.filter((_, index) => wanted !== undefined && inodes[index] === wanted.ino),
    others: pids.filter((_, index) => inodes[index] !== undefined && inodes[index] !== wanted?.ino),
  };
}
