import { setTimeout } from 'node:timers/promises';
import { taggedProcesses } from './find-tagged.ts';

/** Finds the processes that carry `AWM_WORKER=<worker_id>` in their environment. */
export async function processesOf(worker_id: string): Promise<readonly number[]> {
  return (await taggedProcesses()).get(worker_id) ?? [];
}

/** Signals the processes of a worker, as far as they can be seen from here. */
export async function signalTagged(worker_id: string, name: NodeJS.Signals): Promise<void> {
  for (const pid of await processesOf(worker_id)) signal(pid, name);
}

/** How often, and how many milliseconds apart, killed processes are searched again. */
const [mostKills, killMs] = [40, 50];

/**
 * Kills every process that carries the tag of one of these workers, in any process group.
 * @param warn is called for each worker with a process that survives.
 * @returns the processes that survive, by worker.
 */
export async function endLeftovers(
  worker_ids: readonly string[],
  warn: (message: string) => void = () => {},
): Promise<Map<string, readonly number[]>> {
  let left = await processesOfAny(worker_ids);
  for (let kills = 0; left.size > 0 && kills < mostKills; kills += 1) {
    for (const pid of [...left.values()].flat()) signal(pid, 'SIGKILL');
    await setTimeout(killMs);
    left = await processesOfAny(worker_ids);
  }
  for (const [worker_id, pids] of left) {
    warn(`Worker ${worker_id}: processes ${pids.join()} did not go.`);
  }
  return left;
}

/** Returns the processes of these workers, by worker; a worker without processes is left out. */
async function processesOfAny(
  worker_ids: readonly string[],
): Promise<Map<string, readonly number[]>> {
  const found = await Promise.all(
    worker_ids.map(async (worker_id) => [worker_id, await processesOf(worker_id)] as const),
  );
  return new Map(found.filter(([, pids]) => pids.length > 0));
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It exited between the search and the signal.
  }
}
