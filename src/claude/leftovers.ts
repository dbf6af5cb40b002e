import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { readdir, readFile } from '../store/calls.ts';

/** The processes that carry `AWM_WORKER=<worker_id>` in their environment, as far as they can be seen. */
export async function processesOf(worker_id: string): Promise<number[]> {
  return (await taggedProcesses([worker_id])).get(worker_id) ?? [];
}

/** The processes of each of these workers that has any. */
async function taggedProcesses(worker_ids: string[]): Promise<Map<string, number[]>> {
  const wanted = new Set(worker_ids);
  const found = new Map<string, number[]>();
  for (const { pid, words } of await environments()) {
    const worker_id = words.find((word) => word.startsWith(tag))?.slice(tag.length) ?? '';
    if (wanted.has(worker_id)) found.set(worker_id, [...(found.get(worker_id) ?? []), pid]);
  }
  return found;
}

const tag = 'AWM_WORKER=';

interface Environment {
  pid: number;
  words: string[];
}

async function environments(): Promise<Environment[]> {
  if (process.platform !== 'linux') return environmentsByPs();
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return { pid: Number(pid), words: environment.split('\0') };
    }),
  );
}

/** `ps` with `e` shows the environment of one's own processes. */
async function environmentsByPs(): Promise<Environment[]> {
  const { stdout } = await promisify(execFile)('ps', ['axeww', '-o', 'pid=,command=']);
  const lines = stdout.split('\n');
  return lines.map((line) => ({ pid: Number.parseInt(line, 10), words: line.split(/\s+/) }));
}

/** How often, and how many milliseconds apart, it is looked whether killed processes are gone. */
const [looks, lookMs] = [40, 50];

/**
 * Kills every process that carries the tag of one of these workers, also those that left its group.
 * @returns the processes that did not go, by worker.
 */
export async function endLeftovers(worker_ids: string[]): Promise<Map<string, number[]>> {
  let left = await taggedProcesses(worker_ids);
  for (let look = 0; left.size > 0 && look < looks; look += 1) {
    for (const pid of [...left.values()].flat()) kill(pid);
    await setTimeout(lookMs);
    left = await taggedProcesses(worker_ids);
  }
  return left;
}

/** Names what would not go. */
export const stuckMessage = (worker_id: string, pids: number[]): string =>
  `Worker ${worker_id}: processes ${pids.join()} did not go.`;

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself between the look and the signal.
  }
}
