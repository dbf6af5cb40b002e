import { setTimeout } from 'node:timers/promises';
import { taggedProcesses } from './find-tagged.ts';

/** The processes that carry `AWM_WORKER=<worker_id>` in their environment, as far as they can be seen. */
export async function processesOf(worker_id: string): Promise<readonly number[]> {
  return (await taggedProcesses()).get(worker_id) ?? [];
}

/** How often, and how many milliseconds apart, it is looked whether killed processes are gone. */
const [looks, lookMs] = [40, 50];

/**
 * Kills every process that carries the tag of one of these workers, also those that left its group.
 * @param warn Told of each worker that has processes which did not go.
 * @returns those processes, by worker.
 */
export async function endLeftovers(
  worker_ids: readonly string[],
  warn: (message: string) => void = () => {},
): Promise<Map<string, readonly number[]>> {
  let left = await processesOfAny(worker_ids);
  for (let look = 0; left.size > 0 && look < looks; look += 1) {
    for (const pid of [...left.values()].flat()) kill(pid);
    await setTimeout(lookMs);
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
  // All of them share a look.
  const found = await Promise.all(
    worker_ids.map(async (worker_id) => [worker_id, await processesOf(worker_id)] as const),
  );
  return new Map(found.filter(([, pids]) => pids.length > 0));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself between the look and the signal.
  }
}
