import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { workerPaths } from '../../../src/files/paths.ts';
import { type JournalRecord, readJournal } from '../../../src/journal/journal.ts';
import { createJournals } from '../../../src/workers/journals.ts';
import { temporaryFolder, workerId } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';

const worker = workerId();

const recordOf = (seq: number): JournalRecord => ({
  ...{ v: 1, seq, t: 0, worker, event: { type: 'SLOT' }, from: null, to: 'running' },
});

async function createStage({ hasFolder = true } = {}) {
  const folders = foldersIn(await temporaryFolder());
  const paths = workerPaths(folders, worker);
  if (hasFolder) await mkdir(paths.folder, { recursive: true });
  const errors: unknown[] = [];
  const journals = createJournals(folders, (worker_id, error) => errors.push([worker_id, error]));
  const numbersOnDisk = async () => (await readJournal(paths.journal)).map(({ seq }) => seq);
  return { journals, errors, numbersOnDisk };
}

it('journals hold every record in order, across a close and an append during a close', async () => {
  const { journals, numbersOnDisk } = await createStage();
  journals.append(recordOf(1));
  const closing = journals.close(worker);
  journals.append(recordOf(2));
  await closing;
  journals.append(recordOf(3));
  await journals.flushed(worker);
  await journals.close(worker);
  journals.append(recordOf(4));
  await journals.flushed(worker);
  expect(await numbersOnDisk()).toEqual([1, 2, 3, 4]);
});

it('journals name the worker whose journal cannot be written, and keep rejecting after a close', async () => {
  const { journals, errors } = await createStage({ hasFolder: false });
  journals.append(recordOf(1));
  await expect(journals.flushed(worker)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(journals.close(worker)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(journals.flushed(worker)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(errors).toEqual([[worker, expect.objectContaining({ code: 'ENOENT' })]]);
});
