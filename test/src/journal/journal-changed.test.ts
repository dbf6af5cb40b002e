import { appendFile, copyFile, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type JournalRecord, openJournal, readJournal } from '../../../src/journal/journal.ts';
import { createInbox, temporaryFolder, workerId } from '../fixtures.ts';

const open = (path: string, onBroken: (error: unknown) => void = () => {}) =>
  openJournal(path, onBroken);

const newPath = async () => join(await temporaryFolder(), 'journal.ndjson');

function recordOf(seq: number, event: JournalRecord['event'] = { type: 'STOP' }): JournalRecord {
  return { v: 1, seq, t: 1000 + seq, worker: workerId(), event, from: 'running', to: 'stopping' };
}

describe('a journal that another program changes', () => {
  const harms: [string, (path: string) => Promise<void>, string][] = [
    [
      'emptied',
      (path) => truncate(path, 0),
      'another program emptied or wrote anew journal.ndjson',
    ],
    ['removed', (path) => rm(path), 'another program removed journal.ndjson'],
    [
      'written into',
      (path) => appendFile(path, '{}\n'),
      'another program wrote into journal.ndjson',
    ],
  ];

  it.each(harms)('is broken when it is %s, at the next record', async (_, harm, message) => {
    const path = await newPath();
    const broken = createInbox<unknown>();
    const journal = open(path, broken.push);
    journal.append(recordOf(1));
    await journal.flushed();
    await harm(path);
    journal.append(recordOf(2));
    await expect(journal.flushed()).rejects.toThrow(message);
    expect(broken.items).toHaveLength(1);
  });

  it.each(harms)('is broken when it is %s, also without a record', async (_, harm, message) => {
    const path = await newPath();
    const broken = createInbox<unknown>();
    const journal = open(path, broken.push);
    await journal.check();
    journal.append(recordOf(1));
    await journal.flushed();
    await journal.check();
    expect(broken.items).toEqual([]);
    await harm(path);
    await journal.check();
    await journal.check();
    expect(broken.items).toMatchObject([{ message }]);
  });

  it('continues when it is replaced by a file with all of its records', async () => {
    const path = await newPath();
    const journal = open(path);
    journal.append(recordOf(1));
    await journal.flushed();
    await copyFile(path, `${path}.copy`);
    await rename(`${path}.copy`, path);
    await journal.check();
    journal.append(recordOf(2));
    await journal.flushed();
    expect(await readJournal(path)).toHaveLength(2);
  });
});
