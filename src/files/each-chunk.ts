import type { FileHandle } from 'node:fs/promises';
import { chunkBuffers } from './shared.ts';

/** Yields the value of `read` for each chunk of a file; a chunk is valid during the call only. */
export async function* eachChunk<Value>(
  file: FileHandle,
  read: (chunk: Buffer) => Value,
): AsyncGenerator<Value> {
  let position = 0;
  for (let isMore = true; isMore; ) {
    yield await chunkBuffers.use(async (buffer) => {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      position += bytesRead;
      isMore = bytesRead === buffer.length;
      return read(buffer.subarray(0, bytesRead));
    });
  }
}
