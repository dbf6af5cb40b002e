import { appendFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Line } from '../../../src/files/lines.ts';
import { tail } from '../../../src/files/tail.ts';
import { createInbox, temporaryFolder } from '../fixtures.ts';

/** Tails a file in a new folder; returns the tail and the lines that it gives. */
async function startTail({ content, offset = 0 }: { content?: string; offset?: number }) {
  const path = join(await temporaryFolder(), 'stdout.ndjson');
  if (content !== undefined) await writeFile(path, content);
  const lines = createInbox<Line>();
  const errors = createInbox<unknown>();
  const follower = tail({
    path,
    offset,
    onLine: (line) => lines.push(copyOf(line)),
    onError: errors.push,
  });
  onTestFinished(() => follower.stop());
  return { path, lines, errors, follower };
}

/** Copies a line, because its bytes are valid for a short time only. */
const copyOf = ({ bytes, end }: Line): Line => ({ bytes: bytes && Buffer.from(bytes), end });

const texts = (lines: Line[]) => lines.map(({ bytes }) => bytes?.toString());

/** Stops the poll, so that a tail depends on the events of the file system. */
function stopSafetyPoll(): void {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => void vi.useRealTimers());
}

it('a tail gives the lines that exist, with their offsets', async () => {
  const { lines, follower } = await startTail({ content: 'one\ntwo\nhalf' });
  await follower.drain();
  expect(lines.items).toEqual([
    { bytes: Buffer.from('one'), end: 4 },
    { bytes: Buffer.from('two'), end: 8 },
  ]);
  expect(follower.offset).toBe(8);
});

it('a tail gives the lines after a line that its reader cannot take', async () => {
  const path = join(await temporaryFolder(), 'stdout.ndjson');
  await writeFile(path, 'one\ntwo\nthree\n');
  const [lines, errors]: [string[], unknown[]] = [[], []];
  const follower = tail({
    path,
    offset: 0,
    onLine({ bytes }) {
      const text = String(bytes);
      if (text === 'two') throw new Error('Not this line.');
      lines.push(text);
    },
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => follower.stop());
  await follower.drain();
  expect([lines, errors]).toEqual([['one', 'three'], [new Error('Not this line.')]]);
  expect(follower.offset).toBe(14);
});

it('a tail gives appended lines at once, without a call of drain', async () => {
  stopSafetyPoll();
  const { path, lines } = await startTail({ content: '' });
  for (const number of [1, 2, 3]) {
    await appendFile(path, `line ${number}\n`);
    await lines.count(number);
  }
  expect(texts(lines.items)).toEqual(['line 1', 'line 2', 'line 3']);
});

it('a tail with an offset gives only the lines after the offset', async () => {
  const { lines, follower } = await startTail({ content: 'seen\nnew\n', offset: 5 });
  await follower.drain();
  expect(lines.items).toEqual([{ bytes: Buffer.from('new'), end: 9 }]);
});

it('a tail gives a line that is written byte by byte when the line is whole, without broken characters', async () => {
  const { path, lines, follower } = await startTail({ content: '' });
  for (const byte of Buffer.from('{"text":"größer 🦀"}\n')) {
    expect(lines.items).toEqual([]);
    await appendFile(path, Buffer.from([byte]));
    await follower.drain();
  }
  expect(texts(lines.items)).toEqual(['{"text":"größer 🦀"}']);
});

it('a tail gives all lines of a file that is larger than one read, without broken characters', async () => {
  const long = '🦀'.repeat(200_000);
  const { lines, follower } = await startTail({ content: `x${long}\nxx${long}\nxxx${long}\n` });
  await follower.drain();
  expect(texts(lines.items)).toEqual([`x${long}`, `xx${long}`, `xxx${long}`]);
});

it('a tail of a missing file reads the file from its start when it appears', async () => {
  stopSafetyPoll();
  const { path, lines, errors } = await startTail({});
  await writeFile(path, 'first\n');
  await lines.count(1);
  expect(texts(lines.items)).toEqual(['first']);
  expect(errors.items).toEqual([]);
});

it('a tail in a missing folder finds the file when both appear', async () => {
  const folder = join(await temporaryFolder(), 'later');
  const path = join(folder, 'stdout.ndjson');
  const lines = createInbox<Line>();
  const follower = tail({
    path,
    offset: 0,
    onLine: (line) => lines.push(copyOf(line)),
    onError: () => {},
  });
  onTestFinished(() => follower.stop());
  await mkdir(folder);
  await writeFile(path, 'first\n');
  await lines.count(1);
  expect(texts(lines.items)).toEqual(['first']);
});

it('drain resolves after the tail has given everything that was written before the call', async () => {
  const { path, lines, follower } = await startTail({ content: '' });
  for (let count = 1; count <= 50; count += 1) {
    await appendFile(path, `${count}\n`);
    await follower.drain();
    expect(lines.items).toHaveLength(count);
  }
});

it('a tail gives nothing after a stop, and a second stop does nothing', async () => {
  const { path, lines, follower } = await startTail({ content: 'one\n' });
  await follower.drain();
  await Promise.all([follower.stop(), follower.stop()]);
  await follower.stop();
  await appendFile(path, 'two\n');
  await follower.drain();
  expect(texts(lines.items)).toEqual(['one']);
});

it('a tail does not read through a symbolic link, but reports an error', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'secret'), 'secret\n');
  await symlink('secret', join(folder, 'stdout.ndjson'));
  const lines = createInbox<Line>();
  const errors = createInbox<unknown>();
  const path = join(folder, 'stdout.ndjson');
  const follower = tail({
    path,
    offset: 0,
    onLine: (line) => lines.push(copyOf(line)),
    onError: errors.push,
  });
  await errors.count(1);
  await follower.stop();
  expect(errors.items[0]).toMatchObject({ code: 'ELOOP' });
  expect(lines.items).toEqual([]);
});
