import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The process folder of Linux; no other system has the figure. */
const proc = '/proc';

/**
 * Returns the peak memory, during an action, of all processes with this environment variable, in KiB.
 * A separate process takes the samples, so that every subject has the same overhead.
 */
export async function peakWhile(variable: string, action: () => Promise<unknown>): Promise<number> {
  const script = fileURLToPath(new URL('memory-sampler.ts', import.meta.url));
  const sampler = fork(script, [variable]);
  await once(sampler, 'message');
  try {
    await action();
  } finally {
    sampler.send('stop');
  }
  const [peak] = await once(sampler, 'message');
  return peak;
}

/**
 * Returns the total memory of those processes in KiB. A page that several processes share counts once,
 * divided between them (PSS). The environment identifies processes whose parent has exited too.
 */
export async function memoryOf(variable: string, folder = proc): Promise<number> {
  const pids = (await readdir(folder)).filter((name) => /^\d+$/.test(name));
  const sizes = pids.map(async (pid) => {
    const environment = await textOf(join(folder, pid, 'environ'));
    if (!environment.split('\0').includes(variable)) return 0;
    return proportionalSize(await textOf(join(folder, pid, 'smaps_rollup')));
  });
  return (await Promise.all(sizes)).reduce((total, size) => total + size, 0);
}

/** Reads the line `Pss:    1234 kB` of smaps_rollup; a process that has just exited has none. */
const proportionalSize = (rollup: string): number =>
  Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0);

/** Reads a file of a process, which can exit or belong to another user. */
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
