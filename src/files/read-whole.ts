import { close, fstat, open, read } from './calls.ts';
import { readFlags, unlessMissing } from './private-files.ts';

/** Lent to whoever reads, so that a thousand files leave no garbage of their size. */
const buffers: Buffer[] = [];
const spareBuffers = 16;
const bufferBytes = 512 * 1024;

/**
 * Reads a whole file, which is gone again when `use` returns: its bytes are lent.
 * @returns what `use` makes of it, or undefined when the file is missing.
 */
export async function withBytesOf<Value>(
  path: string,
  use: (bytes: Buffer) => Value,
): Promise<Value | undefined> {
  const fd = await unlessMissing(open(path, readFlags));
  if (fd === undefined) return undefined;
  let buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(bufferBytes);
  try {
    const { size } = await fstat(fd);
    if (size > buffer.length) buffer = Buffer.allocUnsafeSlow(size);
    return use(buffer.subarray(0, await fill(buffer, fd, size)));
  } finally {
    if (buffer.length === bufferBytes && buffers.length < spareBuffers) buffers.push(buffer);
    await close(fd);
  }
}

/** Reads that many bytes, or fewer where the file ends before; says how many they are. */
async function fill(buffer: Buffer, fd: number, size: number): Promise<number> {
  let length = 0;
  while (length < size) {
    const { bytesRead } = await read(fd, buffer, length, size - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}
