import { type FileHandle, open } from 'node:fs/promises';
import { readFlags, unlessMissing } from './files.ts';

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
  const file = await unlessMissing(open(path, readFlags));
  if (!file) return undefined;
  let buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(bufferBytes);
  try {
    const { size } = await file.stat();
    if (size > buffer.length) buffer = Buffer.allocUnsafeSlow(size);
    return use(buffer.subarray(0, await fill(buffer, file, size)));
  } finally {
    if (buffer.length === bufferBytes && buffers.length < spareBuffers) buffers.push(buffer);
    await file.close();
  }
}

/** Reads that many bytes, or fewer where the file ends before; says how many they are. */
async function fill(buffer: Buffer, file: FileHandle, size: number): Promise<number> {
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(buffer, length, size - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}
