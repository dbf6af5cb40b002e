import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where Linux tells about its processes; no other system has the figure. */
const proc = '/proc';

/**
 * The memory of all processes that have this variable in their environment, at its highest while
 * something goes on, in KiB. A process of its own looks, so that whatever is measured meets the same.
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
 * What those processes take together, in KiB: a page that several share is counted once, in parts
 * (PSS). Their environment finds them also when their parent is gone.
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

/** The line `Pss:    1234 kB` of smaps_rollup; a process that has just ended has none. */
const proportionalSize = (rollup: string): number =>
  Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0);

/** A process may end, or be another user's, before its file is read. */
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
