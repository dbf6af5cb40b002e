import { stat } from 'node:fs/promises';
import { processesOf } from '../../src/claude/leftovers.ts';

/** The worker's own process among those with its tag: the one that reads its FIFO. */
export async function readerOf(worker_id: string, fifo: string): Promise<number | undefined> {
  const wanted = await stat(fifo).catch(() => undefined);
  for (const pid of await processesOf(worker_id)) {
    const stdin = await stat(`/proc/${pid}/fd/0`).catch(() => undefined);
    if (stdin && stdin.ino === wanted?.ino) return pid;
  }
  return undefined;
}
