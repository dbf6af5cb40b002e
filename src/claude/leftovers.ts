import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startTimeOf } from './liveness.ts';

/** The processes that carry `AWM_WORKER=<worker_id>` in their environment, as far as they can be seen. */
export async function processesOf(worker_id: string): Promise<number[]> {
  const tag = `AWM_WORKER=${worker_id}`;
  if (process.platform !== 'linux') return taggedByPs(tag);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const tagged = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return environment.split('\0').includes(tag) ? [Number(pid)] : [];
    }),
  );
  return tagged.flat();
}

/** The worker's own process among those with its tag: the one that reads its FIFO. */
export async function readerOf(
  worker_id: string,
  fifo: string,
): Promise<{ pid: number; start_time: string } | undefined> {
  const wanted = await stat(fifo).catch(() => undefined);
  for (const pid of await processesOf(worker_id)) {
    const stdin = await stat(`/proc/${pid}/fd/0`).catch(() => undefined);
    // Where there is no /proc to tell them apart, the first one has to do.
    const isReader = process.platform !== 'linux' || (stdin && stdin.ino === wanted?.ino);
    const start_time = isReader ? await startTimeOf(pid) : undefined;
    if (start_time !== undefined) return { pid, start_time };
  }
  return undefined;
}

/** How often, and how many milliseconds apart, it is looked whether killed processes are gone. */
const [looks, lookMs] = [40, 50];

/**
 * Kills every process that carries a worker's tag, also those that left its process group.
 * @returns the processes that did not go.
 */
export async function endLeftovers(worker_id: string): Promise<number[]> {
  let left = await processesOf(worker_id);
  for (let look = 0; left.length > 0 && look < looks; look += 1) {
    for (const pid of left) kill(pid);
    await setTimeout(lookMs);
    left = await processesOf(worker_id);
  }
  return left;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself between the look and the signal.
  }
}

/** `ps` with `e` shows the environment of one's own processes. */
async function taggedByPs(tag: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['axeww', '-o', 'pid=,command=']);
  const lines = stdout.split('\n').filter((line) => line.split(/\s+/).includes(tag));
  return lines.map((line) => Number.parseInt(line, 10));
}
