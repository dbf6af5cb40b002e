import { appendFile, mkdir, open, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { emptied, inodeOf, LostFile, watchNames } from '../../../src/files/lost-file.ts';
import { tail } from '../../../src/files/tail.ts';
import { createInbox, temporaryFolder } from '../fixtures.ts';

/** Watches the name of a file in a new folder. */
async function startWatch() {
  const path = join(await temporaryFolder(), 'stdout.ndjson');
  await writeFile(path, 'one\n');
  // While a process has the file open, no other file gets its inode.
  const file = await open(path);
  onTestFinished(() => file.close());
  const lost = createInbox<LostFile>();
  const end = watchNames([{ path, inode: await inodeOf(path) }], lost.push);
  onTestFinished(end);
  return { path, lost };
}

it('a name that goes to another file is reported once, also when the content is the same', async () => {
  const { path, lost } = await startWatch();
  await writeFile(`${path}.copy`, 'one\n');
  await rename(`${path}.copy`, path);
  await lost.count(1);
  expect(lost.items[0]?.message).toBe('another program replaced stdout.ndjson');
});

it('a name that goes away with its folder is reported', async () => {
  const { path, lost } = await startWatch();
  await rm(dirname(path), { recursive: true });
  await lost.count(1);
  expect(lost.items[0]?.message).toBe('another program removed stdout.ndjson');
});

it('a name of a folder is a replaced file', async () => {
  const { path, lost } = await startWatch();
  await rm(path);
  await mkdir(path);
  await lost.count(1);
  expect(lost.items[0]?.message).toBe('another program replaced stdout.ndjson');
});

/** Tails a file with two lines to its end; returns what the tail reports after that. */
async function startTail() {
  const path = join(await temporaryFolder(), 'stdout.ndjson');
  await writeFile(path, '{"uuid":"1"}\n{"uuid":"2"}\n');
  const lines: string[] = [];
  const errors: unknown[] = [];
  const onLine = ({ bytes }: { bytes: Buffer | null }) => lines.push(String(bytes));
  const follower = tail({ path, offset: 0, onLine, onError: (error) => errors.push(error) });
  onTestFinished(() => follower.stop());
  await follower.drain();
  return { path, follower, lines, errors };
}

it('a tail of a file that is emptied reports that once, and reads no more', async () => {
  const { path, follower, lines, errors } = await startTail();
  await truncate(path, 0);
  await follower.drain();
  await appendFile(path, '{"uuid":"3"}\n');
  await follower.drain();
  expect(errors).toEqual([emptied(path)]);
  expect(lines).toHaveLength(2);
});

it('a tail notices that a file was emptied, also when it is longer than before by then', async () => {
  const { path, follower, lines, errors } = await startTail();
  await writeFile(path, `{"uuid":"3"}\n{"uuid":"4"}\n${'x'.repeat(1000)}\n`);
  await follower.drain();
  expect(errors).toHaveLength(1);
  expect(errors[0]).toBeInstanceOf(LostFile);
  expect(lines).toHaveLength(2);
});

it('a tail continues in a file that another program wrote anew with the same content', async () => {
  const { path, follower, lines, errors } = await startTail();
  // In one write over the old bytes: a reader between two writes would see a shorter file.
  await writeFile(path, '{"uuid":"1"}\n{"uuid":"2"}\n{"uuid":"3"}\n', { flag: 'r+' });
  await follower.drain();
  expect(errors).toEqual([]);
  expect(lines.at(-1)).toBe('{"uuid":"3"}');
});

it.each([
  ['shorter than the offset', 'one\n'],
  ['without a line that begins at the offset', 'another line\n'],
])('a tail that begins in a file %s reports that', async (_, content) => {
  const path = join(await temporaryFolder(), 'stdout.ndjson');
  await writeFile(path, content);
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const follower = tail({ path, offset: 8, onLine: () => {}, onError });
  onTestFinished(() => follower.stop());
  await follower.drain();
  expect(errors).toEqual([emptied(path)]);
});
