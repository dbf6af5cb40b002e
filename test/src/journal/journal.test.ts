import { constants } from 'node:fs';
import {
  appendFile,
  copyFile,
  mkdir,
  open as openFile,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type JournalRecord,
  openJournal,
  readJournal,
  removeTornLine,
} from '../../../src/journal/journal.ts';
import { createInbox, makeFifo, temporaryFolder, workerId } from '../fixtures.ts';

const open = (path: string, onBroken: (error: unknown) => void = () => {}) =>
  openJournal(path, onBroken);

const newPath = async () => join(await temporaryFolder(), 'journal.ndjson');

function recordOf(seq: number, event: JournalRecord['event'] = { type: 'STOP' }): JournalRecord {
  return { v: 1, seq, t: 1000 + seq, worker: workerId(), event, from: 'running', to: 'stopping' };
}

describe('an open journal', () => {
  it('holds its records in the order of the append calls', async () => {
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

  it('has every appended record in its file when flushed resolves', async () => {
    const path = await newPath();
    const journal = open(path);
    for (const seq of [1, 2, 3]) {
      journal.append(recordOf(seq));
      await journal.flushed();
      expect(await readJournal(path)).toHaveLength(seq);
    }
  });

  it('writes the records of one task with one write', async () => {
    const path = await newPath();
    makeFifo(path);
    const reader = await openFile(path, constants.O_RDWR);
    onTestFinished(() => reader.close());
    const journal = open(path);
    for (const seq of [1, 2, 3]) journal.append(recordOf(seq));
    // The first read of a FIFO returns the bytes of the first write.
    const { buffer, bytesRead } = await reader.read();
    await journal.flushed();
    expect(buffer.toString('utf8', 0, bytesRead).split('\n')).toHaveLength(4);
  });

  it('without records is flushed at once and has no file', async () => {
    const path = await newPath();
    await open(path).flushed();
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('appends to an existing file', async () => {
    const path = await newPath();
    for (const seq of [1, 2]) {
      const journal = open(path);
      journal.append(recordOf(seq));
      await journal.flushed();
    }
    expect((await readJournal(path)).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('is readable by its owner only, with every umask', async () => {
    const path = await newPath();
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const journal = open(path);
    journal.append(recordOf(1));
    await journal.flushed();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('returns any text unchanged, with one line per record', async () => {
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

describe('a journal after a failed write', () => {
  /** Creates a journal whose first write fails because its folder is missing; then creates the folder. */
  async function brokenJournal() {
    const path = join(await temporaryFolder(), 'later', 'journal.ndjson');
    const errors = createInbox<unknown>();
    const journal = open(path, errors.push);
    journal.append(recordOf(1));
    await expect(journal.flushed()).rejects.toMatchObject({ code: 'ENOENT' });
    await mkdir(join(path, '..'));
    return { path, journal, errors };
  }

  it('rejects every later call of flushed', async () => {
    const { journal } = await brokenJournal();
    await expect(journal.flushed()).rejects.toMatchObject({ code: 'ENOENT' });
    journal.append(recordOf(2));
    await expect(journal.flushed()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('reports the error once', async () => {
    const { journal, errors } = await brokenJournal();
    journal.append(recordOf(2));
    await journal.flushed().catch(() => {});
    expect(errors.items).toMatchObject([{ code: 'ENOENT' }]);
  });

  it('writes no later record, so that it has no gap', async () => {
    const { path, journal } = await brokenJournal();
    journal.append(recordOf(2));
    await journal.flushed().catch(() => {});
    expect(await readJournal(path)).toEqual([]);
  });
});

describe('a torn last line', () => {
  const torn = `${JSON.stringify(recordOf(1))}\n${JSON.stringify(recordOf(2)).slice(0, 30)}`;

  it('is not read', async () => {
    const path = await newPath();
    await writeFile(path, torn);
    expect(await readJournal(path)).toEqual([recordOf(1)]);
  });

  it('is removed by removeTornLine, so that the next record begins on a new line', async () => {
    const path = await newPath();
    await writeFile(path, torn);
    await removeTornLine(path);
    const journal = open(path);
    journal.append(recordOf(2));
    await journal.flushed();
    expect(await readJournal(path)).toEqual([recordOf(1), recordOf(2)]);
  });

  it('of any length leaves the whole lines before it, before and after removeTornLine', async () => {
    const path = await newPath();
    const whole = [1, 2, 3].map((seq) => `${JSON.stringify(recordOf(seq, { type: 'é🦀' }))}\n`);
    const bytes = Buffer.from(whole.join(''));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), async (length) => {
        await writeFile(path, bytes.subarray(0, length));
        const records = await readJournal(path);
        await removeTornLine(path);
        expect(await readJournal(path)).toEqual(records);
        expect(await readFile(path, 'utf8')).toBe(whole.slice(0, records.length).join(''));
      }),
    );
  });

  it('does not exist in a missing, empty or whole journal, which removeTornLine does not change', async () => {
    const path = await newPath();
    await removeTornLine(path);
    await writeFile(path, '');
    await removeTornLine(path);
    await appendFile(path, `${JSON.stringify(recordOf(1))}\n`);
    await removeTornLine(path);
    expect(await readJournal(path)).toEqual([recordOf(1)]);
  });
});

describe('readJournal', () => {
  it('returns no records for a missing journal', async () => {
    expect(await readJournal(await newPath())).toEqual([]);
  });

  it.each([
    [
      'of an unknown version',
      '{"v":2,"seq":2}',
      'is a record of version 2, and this program reads version 1;',
    ],
    ['without a version', '{"seq":2}', 'is no journal record.'],
    ['that is an array', '[1]', 'is no journal record.'],
    ['that is null', 'null', 'is no journal record.'],
    ['that is not JSON', '{"v":1,', 'is not JSON.'],
    ['that is empty', '', 'is not JSON.'],
    ['without a number', '{"v":1}', 'has the number none, expected 2: records are missing'],
    ['after a gap', '{"v":1,"seq":3}', 'has the number 3, expected 2: records are missing'],
    ['that is repeated', '{"v":1,"seq":1}', 'has the number 1, expected 2: records are missing'],
  ])('rejects a line %s, and names the line', async (_, line, words) => {
    const path = await newPath();
    await writeFile(path, `${JSON.stringify(recordOf(1))}\n${line}\n`);
    await expect(readJournal(path)).rejects.toThrow(`Line 2 of ${path} ${words}`);
  });
});

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
