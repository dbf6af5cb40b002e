import { constants } from 'node:fs';
import { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { codeOf } from '../errors.ts';
import { close, fstat, open, write } from './calls.ts';

/**
 * Writes to a FIFO that another process holds open, however long that process takes to read.
 * @throws Error with code `ENXIO` when no process has it open, `EPIPE` when the last one leaves, or
 * `ABORT_ERR` when it is given up.
 */
export async function writeToFifo(path: string, text: string, signal?: AbortSignal): Promise<void> {
  // Without O_NONBLOCK, opening and writing would hold a thread for as long as nobody reads.
  const fd = await open(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  const rest = await writeNow(fd, path, text, signal).catch(async (error: unknown) => {
    await close(fd);
    throw error;
  });
  if (rest.length === 0) return close(fd);
  await send(fd, rest, signal);
}

/** Writes what there is room for in the pipe, mostly all of it, and gives the rest. */
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

/** The socket owns the descriptor and lets the event loop wait for room in the pipe. */
function send(fd: number, bytes: Buffer, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new Socket({ fd, readable: false, writable: true });
    socket.on('error', reject);
    socket.on('close', () => resolve());
    // Not as an option of the socket, which would go on listening to the signal when it is closed.
    if (signal) addAbortSignal(signal, socket);
    socket.write(bytes, (error) => {
      if (!error) socket.destroy();
    });
  });
}
