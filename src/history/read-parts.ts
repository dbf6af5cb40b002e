import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { splitLines } from '../files/lines.ts';
import { chunkBuffers, countBytesRead } from '../files/shared.ts';
import { type ConversationPart, conversationPart } from '../stream-json/conversation.ts';

/** A part of the conversation, and the offset behind its line; `skipped` is a line over the limit. */
export interface Part {
  part: ConversationPart | 'skipped';
  end: number;
}

/** Reads the conversation from a worker's stdout, in bounded memory. */
export async function* partsOf(file: FileHandle | undefined): AsyncGenerator<Part> {
  if (!file) return;
  const splitter = splitLines(0);
  for await (const parts of eachChunk(file, readParts)) yield* parts;

  function readParts(chunk: Buffer): Part[] {
    const parts: Part[] = [];
    for (const { bytes, end } of splitter.push(chunk)) {
      const part = bytes ? conversationPart(bytes) : 'skipped';
      if (part) parts.push({ part, end });
    }
    countBytesRead(chunk.length);
    return parts;
  }
}

/** Returns the SHA-256 of a file, in hex. */
export async function hashOf(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for await (const _ of eachChunk(file, (chunk) => hash.update(chunk)));
  return hash.digest('hex');
}

/** Yields the value of `read` for each chunk of a file; a chunk is valid during the call only. */
async function* eachChunk<Value>(
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
