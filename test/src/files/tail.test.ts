import { appendFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Line } from '../../../src/files/lines.ts';
import { tail } from '../../../src/files/tail.ts';
import { createInbox, temporaryFolder } from '../fixtures.ts';

/** A tail on a file in a folder of its own, and the lines that it hands out. */
async function follow({ content, offset = 0 }: { content?: string; offset?: number }) {
  const path = join(await temporaryFolder(), 'stdout.ndjson');
  if (content !== undefined) await writeFile(path, content);
  const lines = createInbox<Line>();
  const errors = createInbox<unknown>();
  const following = tail({
    path,
    offset,
    onLine: (line) => lines.push(copyOf(line)),
    onError: errors.push,
  });
  onTestFinished(() => following.stop());
  return { path, lines, errors, following };
}

/** A line's bytes are valid until the piece that it came in is handled. */
const copyOf = ({ bytes, end }: Line): Line => ({ bytes: bytes && Buffer.from(bytes), end });

const texts = (lines: Line[]) => lines.map(({ bytes }) => bytes?.toString());

/** Leaves it to the file system alone to tell that something has changed. */
function stopSafetyPoll(): void {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => void vi.useRealTimers());
}

it('lines that are there already are handed out with their offsets', async () => {
  const { lines, following } = await follow({ content: 'one\ntwo\nhalf' });
  await following.drain();
  expect(lines.items).toEqual([
    { bytes: Buffer.from('one'), end: 4 },
    { bytes: Buffer.from('two'), end: 8 },
  ]);
  expect(following.offset).toBe(8);
});

it('lines appended later are handed out at once, without anybody asking', async () => {
  stopSafetyPoll();
  const { path, lines } = await follow({ content: '' });
  for (const number of [1, 2, 3]) {
    await appendFile(path, `line ${number}\n`);
    await lines.count(number);
  }
  expect(texts(lines.items)).toEqual(['line 1', 'line 2', 'line 3']);
});

it('from an offset on, only what stands after it is handed out', async () => {
  const { lines, following } = await follow({ content: 'seen\nnew\n', offset: 5 });
  await following.drain();
  expect(lines.items).toEqual([{ bytes: Buffer.from('new'), end: 9 }]);
});

it('a line written in pieces is handed out once it is whole, with no character torn', async () => {
  const { path, lines, following } = await follow({ content: '' });
  for (const byte of Buffer.from('{"text":"größer 🦀"}\n')) {
    expect(lines.items).toEqual([]);
    await appendFile(path, Buffer.from([byte]));
    await following.drain();
  }
  expect(texts(lines.items)).toEqual(['{"text":"größer 🦀"}']);
});

it('a file larger than one read comes out whole, and so do the characters on the edges', async () => {
  const long = '🦀'.repeat(200_000);
  const { lines, following } = await follow({ content: `x${long}\nxx${long}\nxxx${long}\n` });
  await following.drain();
  expect(texts(lines.items)).toEqual([`x${long}`, `xx${long}`, `xxx${long}`]);
});

it('a file that appears later is followed from its start', async () => {
  stopSafetyPoll();
  const { path, lines, errors } = await follow({});
  await writeFile(path, 'first\n');
  await lines.count(1);
  expect(texts(lines.items)).toEqual(['first']);
  expect(errors.items).toEqual([]);
});

it('where a folder cannot be watched yet, its file is found all the same', async () => {
  const folder = join(await temporaryFolder(), 'later');
  const path = join(folder, 'stdout.ndjson');
  const lines = createInbox<Line>();
  const following = tail({
    path,
    offset: 0,
    onLine: (line) => lines.push(copyOf(line)),
    onError: () => {},
  });
  onTestFinished(() => following.stop());
  await mkdir(folder);
  await writeFile(path, 'first\n');
  await lines.count(1);
  expect(texts(lines.items)).toEqual(['first']);
});

it('drain resolves only when all that was written before is handed out', async () => {
  const { path, lines, following } = await follow({ content: '' });
  for (let count = 1; count <= 50; count += 1) {
    await appendFile(path, `${count}\n`);
    await following.drain();
    expect(lines.items).toHaveLength(count);
  }
});

it('after a stop nothing is handed out any more, and stopping twice is fine', async () => {
  const { path, lines, following } = await follow({ content: 'one\n' });
  await following.drain();
  await Promise.all([following.stop(), following.stop()]);
  await following.stop();
  await appendFile(path, 'two\n');
  await following.drain();
  expect(texts(lines.items)).toEqual(['one']);
});

it('a symbolic link is not followed, but reported', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'secret'), 'secret\n');
  await symlink('secret', join(folder, 'stdout.ndjson'));
  const lines = createInbox<Line>();
  const errors = createInbox<unknown>();
  const path = join(folder, 'stdout.ndjson');
  const following = tail({
    path,
    offset: 0,
    onLine: (line) => lines.push(copyOf(line)),
    onError: errors.push,
  });
  await errors.count(1);
  await following.stop();
  expect(errors.items[0]).toMatchObject({ code: 'ELOOP' });
  expect(lines.items).toEqual([]);
});
