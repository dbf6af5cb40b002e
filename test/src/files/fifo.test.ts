import { type ChildProcess, spawn } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { constants } from 'node:fs';
import { type FileHandle, open, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { writeToFifo } from '../../../src/files/fifo.ts';
import { makeFifo, temporaryFolder } from '../fixtures.ts';

async function newFifo(): Promise<string> {
  const path = join(await temporaryFolder(), 'stdin');
  makeFifo(path);
  return path;
}

/** Holds a FIFO open for reading and writing, as a worker does. */
async function hold(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDWR | constants.O_NONBLOCK);
  onTestFinished(() => file.close().catch(() => {}));
  return file;
}

/** Starts a process that holds a FIFO open, reads one byte of it, prints `read`, and never reads again. */
async function holdInProcess(path: string): Promise<ChildProcess> {
  const script = `const { openSync, readSync } = require('fs');
    const fd = openSync(process.argv[1], 'r+');
    process.stdout.write('open');
    readSync(fd, Buffer.alloc(1));
    process.stdout.write('read');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

it('a text many times larger than the pipe arrives complete at a slow reader', async () => {
  const path = await newFifo();
  const reader = await hold(path);
  const text = `${'größer 🦀 '.repeat(150_000)}\n`;
  let isWritten = false;
  const writing = writeToFifo(path, text).then(() => {
    isWritten = true;
  });

  const parts: Buffer[] = [];
  let length = 0;
  while (length < Buffer.byteLength(text)) {
    const { bytesRead, buffer } = await readSome(reader);
    if (length === 0) expect(isWritten).toBe(false);
    parts.push(Buffer.from(buffer.subarray(0, bytesRead)));
    length += bytesRead;
  }
  await writing;
  expect(Buffer.concat(parts).toString('utf8') === text).toBe(true);
});

/** Reads as soon as the FIFO has bytes. */
async function readSome(reader: FileHandle) {
  for (;;) {
    try {
      return await reader.read(Buffer.alloc(10_000), 0, 10_000, null);
    } catch (error) {
      if (!String(error).includes('EAGAIN')) throw error;
      await setTimeout(1);
    }
  }
}

it('a write without a reader is refused with ENXIO', async () => {
  const path = await newFifo();
  await expect(writeToFifo(path, 'hello\n')).rejects.toMatchObject({ code: 'ENXIO' });
});

it('a write fails with EPIPE when the last reader dies before the end of the text', async () => {
  const path = await newFifo();
  const holder = await holdInProcess(path);
  const refusal = expect(writeToFifo(path, 'x'.repeat(1_000_000))).rejects.toMatchObject({
    code: 'EPIPE',
  });
  if (holder.stdout) await once(holder.stdout, 'data');
  holder.kill('SIGKILL');
  await refusal;
});

it('an aborted write rejects with ABORT_ERR, also when the signal was aborted before the call', async () => {
  const path = await newFifo();
  await hold(path);
  const controller = new AbortController();
  const writing = writeToFifo(path, 'x'.repeat(1_000_000), controller.signal);
  controller.abort();
  await expect(writing).rejects.toMatchObject({ code: 'ABORT_ERR' });
  const late = writeToFifo(path, 'late\n', controller.signal);
  await expect(late).rejects.toMatchObject({ code: 'ABORT_ERR' });
});

it.each([
  ['fits into', 'hello\n'],
  ['does not fit into', `${'x'.repeat(100_000)}\n`],
])('a write of a text that %s the pipe leaves no listener on the signal', async (_, text) => {
  const path = await newFifo();
  const reader = await hold(path);
  const { signal } = new AbortController();
  const writing = writeToFifo(path, text, signal);
  for (let length = 0; length < text.length; length += (await readSome(reader)).bytesRead);
  await writing;
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('two texts arrive in the order of their writes', async () => {
  const path = await newFifo();
  const reader = await hold(path);
  await writeToFifo(path, 'one\n');
  await writeToFifo(path, 'two\n');
  const { bytesRead, buffer } = await readSome(reader);
  expect(buffer.toString('utf8', 0, bytesRead)).toBe('one\ntwo\n');
});

it('a plain file is refused and not changed', async () => {
  const path = join(await temporaryFolder(), 'stdin');
  await writeFile(path, 'mine');
  await expect(writeToFifo(path, 'theirs')).rejects.toThrow(`${path} is no FIFO.`);
  expect(await readFile(path, 'utf8')).toBe('mine');
});

it('a symbolic link to a FIFO is refused', async () => {
  const path = await newFifo();
  await hold(path);
  await symlink('stdin', `${path}.link`);
  await expect(writeToFifo(`${path}.link`, 'hello\n')).rejects.toMatchObject({ code: 'ELOOP' });
});

it('a missing FIFO is refused with ENOENT', async () => {
  const path = join(await temporaryFolder(), 'stdin');
  await expect(writeToFifo(path, 'hello\n')).rejects.toMatchObject({ code: 'ENOENT' });
});
