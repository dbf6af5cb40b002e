import { constants } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { execa } from 'execa';
import { codeOf } from '../errors.ts';
import { close, fstat, open, unlink, write } from './calls.ts';
import { unlessMissing } from './private-files.ts';

/**
 * Makes a FIFO, unless there is one. A file that another program has put in its place is removed.
 * @throws Error when it cannot be made.
 */
export async function makeFifo(path: string): Promise<void> {
  const found = await unlessMissing(lstat(path));
  // A link is refused when it is opened.
  if (found && !found.isFile()) return;
  if (found) await unlink(path);
  // With `cleanup`, execa handles signals, and a full file (SIGXFSZ) would end the server.
  const options = { cleanup: false, reject: false } as const;
  const { failed, stderr = '', shortMessage } = await execa('mkfifo', ['-m', '600', path], options);
  if (failed) throw new Error(stderr === '' ? shortMessage : stderr);
}

/**
 * Writes a text to a FIFO that another process holds open. Waits until that process has read enough.
 * @throws Error with the code `ENXIO` when no process has the FIFO open, `EPIPE` when the last reader
 * closes it, or `ABORT_ERR` when `signal` is aborted.
 */
export async function writeToFifo(path: string, text: string, signal?: AbortSignal): Promise<void> {
  // Without O_NONBLOCK, open and write would block a thread until another process reads.
  const fd = await open(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  const rest = await writeNow(fd, path, text, signal).catch(async (error: unknown) => {
    await close(fd);
    throw error;
  });
  if (rest.length === 0) return close(fd);
  await send(fd, rest, signal);
}

/**
 * True while a process has the FIFO open for reading, in any namespace of this kernel. Returns undefined
 * when there is no FIFO to ask.
 */
export async function hasReader(path: string): Promise<boolean | undefined> {
  try {
    const fd = await open(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const isFifo = (await fstat(fd)).isFIFO();
    await close(fd);
    return isFifo ? true : undefined;
  } catch (error) {
    return codeOf(error) === 'ENXIO' ? false : undefined;
  }
}

/** Writes as many bytes as the pipe has room for, mostly all; returns the rest. */
async function writeNow(
  fd: number,
  path: string,
  text: string,
  signal?: AbortSignal,
): Promise<Buffer> {
  if (!(await fstat(fd)).isFIFO()) throw new Error(`${path} is no FIFO.`);
  const bytes = Buffer.from(text);
  if (signal?.aborted) return bytes;
  try {
    return bytes.subarray((await write(fd, bytes)).bytesWritten);
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return bytes;
    throw error;
  }
}

/** Writes through a socket, which waits in the event loop for room in the pipe and closes `fd`. */
function send(fd: number, bytes: Buffer, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new Socket({ fd, readable: false, writable: true });
    socket.on('error', reject);
    socket.on('close', () => resolve());
    // The socket's own option `signal` would keep its listener after the socket is closed.
    if (signal) addAbortSignal(signal, socket);
    socket.write(bytes, (error) => {
      if (!error) socket.destroy();
    });
  });
}
