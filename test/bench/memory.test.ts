import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { memoryOf } from '../../bench/memory.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'awm-proc-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** Writes the files of a process, as Linux shows them in /proc. */
async function addProcess(pid: string, environment: string[], pss?: number): Promise<void> {
  await mkdir(join(folder, pid));
  await writeFile(join(folder, pid, 'environ'), environment.map((line) => `${line}\0`).join(''));
  if (pss === undefined) return;
  const lines = ['00400000-7ffd [rollup]', 'Rss:  9000 kB', `Pss:  ${pss} kB`, 'Pss_Anon:  1 kB'];
  await writeFile(join(folder, pid, 'smaps_rollup'), `${lines.join('\n')}\n`);
}

it('the sum has the memory of all processes with the variable, and of no other process', async () => {
  await addProcess('10', ['PATH=/bin', 'HOME=/a'], 100);
  await addProcess('11', ['HOME=/a', 'AWM_WORKER=1'], 20);
  await addProcess('12', ['HOME=/a/b'], 1_000);
  await addProcess('13', ['OLDHOME=/a'], 1_000);
  await addProcess('self', ['HOME=/a'], 1_000);
  expect(await memoryOf('HOME=/a', folder)).toBe(120);
});

it('a process that ends during the reading does not count', async () => {
  await addProcess('10', ['HOME=/a'], 100);
  await addProcess('11', ['HOME=/a']);
  await mkdir(join(folder, '12'));
  expect(await memoryOf('HOME=/a', folder)).toBe(100);
});
