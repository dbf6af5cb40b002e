import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Folders, workerPaths } from '../../../src/files/paths.ts';
import { readWorker } from '../../../src/journal/load-worker.ts';
import { createReaders, type Reader } from '../../../src/workers/readers.ts';
import { temporaryFolder, workerId } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';
import { createRecorded } from '../journal/actor.ts';

/** The built file of a reading thread, and a missing file. */
const built = pathToFileURL('dist/reader-thread.mjs');
const missing = pathToFileURL('dist/no-such-thread.mjs');

const others = Math.min(3, availableParallelism() - 1);

/** Creates a logs folder with `count` workers; the journal of the last worker is invalid. */
async function createWorkers(count: number) {
  const folders = foldersIn(await temporaryFolder());
  const ids = Array.from({ length: count }, (_, index) => workerId(index + 1));
  const { records, send } = createRecorded();
  send({ type: 'PROCESS_STARTED', pid: 4711, start_time: '1' }, { type: 'STOP' });
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  for (const id of ids) {
    const { folder, journal } = workerPaths(folders, id);
    await mkdir(folder, { recursive: true });
    await writeFile(journal, id === ids.at(-1) ? 'nonsense\n' : text.replaceAll(workerId(), id));
  }
  const bad = ids.pop() ?? '';
  return { folders, good: ids, bad };
}

function readersOf(folders: Folders, count: number, thread: URL | undefined): Reader[] {
  const { readers, end } = createReaders(folders, count, thread);
  onTestFinished(end);
  return readers;
}

describe('the readers of workers', () => {
  it.each([
    ['are one thread on each core for many workers', 64, built, 1 + others],
    ['are this thread alone for few workers', 63, built, 1],
    ['are this thread alone without a file for threads', 1_000, undefined, 1],
  ])('%s', async (_, count, thread, expected) => {
    expect(readersOf(foldersIn(await temporaryFolder()), count, thread)).toHaveLength(expected);
  });

  it.each([
    ['with threads', built],
    ['with threads that do not start', missing],
  ])('give each worker, or the reason why it cannot be read, %s', async (_, thread) => {
    const { folders, good, bad } = await createWorkers(70);
    for (const { read } of readersOf(folders, 70, thread)) {
      const found = await Promise.all(good.map(read));
      expect(found).toEqual(await Promise.all(good.map((id) => readWorker(folders, id))));
      await expect(read(bad)).rejects.toThrow(/^Line 1 of .* is not JSON\.$/);
      expect(await read(workerId(9_999))).toBeUndefined();
    }
  });

  it('give every worker also when their threads are ended meanwhile', async () => {
    const { folders, good } = await createWorkers(70);
    const { readers, end } = createReaders(folders, 70, built);
    const found = readers.map(({ read }) => Promise.all(good.map(read)));
    end();
    for (const workers of await Promise.all(found)) expect(workers).not.toContain(undefined);
  });
});
