import { close, constants, fstat, open } from 'node:fs';
import { Socket } from 'node:net';
import { promisify } from 'node:util';

const [openFd, statFd, closeFd] = [promisify(open), promisify(fstat), promisify(close)];

/**
 * Writes to a FIFO that another process holds open, however long that process takes to read.
 * @throws Error with code `ENXIO` when no process has it open, `EPIPE` when the last one leaves, or
 * `ABORT_ERR` when it is given up.
 */
export async function writeToFifo(path: string, text: string, signal?: AbortSignal): Promise<void> {
  // Without O_NONBLOCK, opening and writing would hold a thread for as long as nobody reads.
  const fd = await openFd(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  if (!(await statFd(fd)).isFIFO()) {
    await closeFd(fd);
    throw new Error(`${path} is no FIFO.`);
  }
  await send(fd, text, signal);
}

/** The socket owns the descriptor and lets the event loop wait for room in the pipe. */
function send(fd: number, text: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new Socket({ fd, readable: false, writable: true, ...(signal && { signal }) });
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.write(text, (error) => {
      if (!error) socket.destroy();
    });
  });
}
