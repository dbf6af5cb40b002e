import { close, fstat, open, read } from './calls.ts';
import { readFlags, unlessMissing } from './private-files.ts';
import { fileBuffers } from './shared.ts';

/**
 * Reads a whole file. The bytes are valid until `use` returns.
 * @returns the result of `use`, or undefined when the file is missing.
 */
export async function withBytesOf<Value>(
  path: string,
  use: (bytes: Buffer) => Value,
): Promise<Value | undefined> {
  const fd = await unlessMissing(open(path, readFlags));
  if (fd === undefined) return undefined;
  try {
    const { size } = await fstat(fd);
    return await fileBuffers.use(async (pooled) => {
      const buffer = size > pooled.length ? Buffer.allocUnsafeSlow(size) : pooled;
      return use(buffer.subarray(0, await fill(buffer, fd, size)));
    });
  } finally {
    await close(fd);
  }
}

/** Reads up to `size` bytes, fewer where the file ends before; returns their number. */
async function fill(buffer: Buffer, fd: number, size: number): Promise<number> {
  let length = 0;
  while (length < size) {
    const { bytesRead } = await read(fd, buffer, length, size - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}
