import { constants } from 'node:fs';
import {
  appendFile,
  mkdir,
  open as openFile,
  readFile,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type JournalRecord,
  mendJournal,
  openJournal,
  readJournal,
} from '../../../src/journal/journal.ts';
import { createInbox, makeFifo, temporaryFolder, workerId } from '../fixtures.ts';

const open = (path: string, onBroken: (error: unknown) => void = () => {}) =>
  openJournal(path, onBroken);

const newPath = async () => join(await temporaryFolder(), 'journal.ndjson');

function recordOf(seq: number, event: JournalRecord['event'] = { type: 'STOP' }): JournalRecord {
  return { v: 1, seq, t: 1000 + seq, worker: workerId(), event, from: 'running', to: 'stopping' };
}

describe('an open journal', () => {
  it('holds its records in the order in which they came, however many at once', async () => {
    const path = await newPath();
    const journal = open(path);
    const records = Array.from({ length: 500 }, (_, index) => recordOf(index + 1));
    for (const [index, record] of records.entries()) {
      journal.append(record);
      if (index % 100 === 0) await journal.flushed();
    }
    await journal.flushed();
    expect(await readJournal(path)).toEqual(records);
  });

  it('has every record in its file once it is flushed, and so has a second reader', async () => {
    const path = await newPath();
    const journal = open(path);
    for (const seq of [1, 2, 3]) {
      journal.append(recordOf(seq));
      await journal.flushed();
      expect(await readJournal(path)).toHaveLength(seq);
    }
  });

  it('writes what comes in one go in one go', async () => {
    const path = await newPath();
    makeFifo(path);
    const reader = await openFile(path, constants.O_RDWR);
    onTestFinished(() => reader.close());
    const journal = open(path);
    for (const seq of [1, 2, 3]) journal.append(recordOf(seq));
    // A read of a FIFO gives what the first write has put into it.
    const { buffer, bytesRead } = await reader.read();
    await journal.flushed();
    expect(buffer.toString('utf8', 0, bytesRead).split('\n')).toHaveLength(4);
  });

  it('is flushed at once when nothing was appended, and has made no file', async () => {
    const path = await newPath();
    await open(path).flushed();
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('goes on with a file that is there already', async () => {
    const path = await newPath();
    for (const seq of [1, 2]) {
      const journal = open(path);
      journal.append(recordOf(seq));
      await journal.flushed();
    }
    expect((await readJournal(path)).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('is for its owner alone, whatever the umask', async () => {
    const path = await newPath();
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const journal = open(path);
    journal.append(recordOf(1));
    await journal.flushed();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('gives back any text as it was, in one line a record', async () => {
    const path = await newPath();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.jsonValue(), async (text, value) => {
        await writeFile(path, '');
        const journal = open(path);
        const event = { type: 'MESSAGE_SEEN', brief: text, value };
        journal.append(recordOf(1, event));
        await journal.flushed();
        const [record] = await readJournal(path);
        expect(record?.event).toEqual(JSON.parse(JSON.stringify(event)));
        expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(2);
      }),
    );
  });

  it('does not follow a symbolic link', async () => {
    const path = await newPath();
    await writeFile(`${path}.precious`, 'mine');
    await symlink(`${path}.precious`, path);
    const journal = open(path);
    journal.append(recordOf(1));
    await expect(journal.flushed()).rejects.toMatchObject({ code: 'ELOOP' });
    expect(await readFile(`${path}.precious`, 'utf8')).toBe('mine');
  });
});

describe('a journal that could not be written', () => {
  /** A journal whose first record could not be written, in a folder that is there now. */
  async function brokenJournal() {
    const path = join(await temporaryFolder(), 'later', 'journal.ndjson');
    const told = createInbox<unknown>();
    const journal = open(path, told.push);
    journal.append(recordOf(1));
    await expect(journal.flushed()).rejects.toMatchObject({ code: 'ENOENT' });
    await mkdir(join(path, '..'));
    return { path, journal, told };
  }

  it('says so for ever after', async () => {
    const { journal } = await brokenJournal();
    await expect(journal.flushed()).rejects.toMatchObject({ code: 'ENOENT' });
    journal.append(recordOf(2));
    await expect(journal.flushed()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('tells its owner, once', async () => {
    const { journal, told } = await brokenJournal();
    journal.append(recordOf(2));
    await journal.flushed().catch(() => {});
    expect(told.items).toMatchObject([{ code: 'ENOENT' }]);
  });

  it('takes nothing more in, so that it never has a hole', async () => {
    const { path, journal } = await brokenJournal();
    journal.append(recordOf(2));
    await journal.flushed().catch(() => {});
    expect(await readJournal(path)).toEqual([]);
  });
});

describe('a torn last line', () => {
  const torn = `${JSON.stringify(recordOf(1))}\n${JSON.stringify(recordOf(2)).slice(0, 30)}`;

  it('is dropped on reading', async () => {
    const path = await newPath();
    await writeFile(path, torn);
    expect(await readJournal(path)).toEqual([recordOf(1)]);
  });

  it('is cut off on mending, so that the next record has a line of its own', async () => {
    const path = await newPath();
    await writeFile(path, torn);
    await mendJournal(path);
    const journal = open(path);
    journal.append(recordOf(2));
    await journal.flushed();
    expect(await readJournal(path)).toEqual([recordOf(1), recordOf(2)]);
  });

  it('may stand anywhere: what is whole before it is read, and mending gives the same', async () => {
    const path = await newPath();
    const whole = [1, 2, 3].map((seq) => `${JSON.stringify(recordOf(seq, { type: 'é🦀' }))}\n`);
    const bytes = Buffer.from(whole.join(''));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), async (length) => {
        await writeFile(path, bytes.subarray(0, length));
        const records = await readJournal(path);
        await mendJournal(path);
        expect(await readJournal(path)).toEqual(records);
        expect(await readFile(path, 'utf8')).toBe(whole.slice(0, records.length).join(''));
      }),
    );
  });

  it('is no harm where there is none', async () => {
    const path = await newPath();
    await mendJournal(path);
    await writeFile(path, '');
    await mendJournal(path);
    await appendFile(path, `${JSON.stringify(recordOf(1))}\n`);
    await mendJournal(path);
    expect(await readJournal(path)).toEqual([recordOf(1)]);
  });
});

describe('reading', () => {
  it('gives nothing for a journal that is not there', async () => {
    expect(await readJournal(await newPath())).toEqual([]);
  });

  it.each([
    [
      'of an unknown version',
      '{"v":2,"seq":2}',
      'is a record of version 2, and this program reads version 1;',
    ],
    ['without a version', '{"seq":2}', 'is no journal record.'],
    ['that is no object', '[1]', 'is no journal record.'],
    ['that is null', 'null', 'is no journal record.'],
    ['that is no JSON', '{"v":1,', 'is not JSON.'],
    ['that is empty', '', 'is not JSON.'],
    ['without a number', '{"v":1}', 'has the number none, expected 2: records are missing'],
    ['after a gap', '{"v":1,"seq":3}', 'has the number 3, expected 2: records are missing'],
    ['that is doubled', '{"v":1,"seq":1}', 'has the number 1, expected 2: records are missing'],
  ])('refuses a line in the middle %s, and says which', async (_, line, words) => {
    const path = await newPath();
    await writeFile(path, `${JSON.stringify(recordOf(1))}\n${line}\n`);
    await expect(readJournal(path)).rejects.toThrow(`Line 2 of ${path} ${words}`);
  });
});
