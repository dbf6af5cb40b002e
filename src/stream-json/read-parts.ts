import type { FileHandle } from 'node:fs/promises';
import { eachChunk } from '../files/each-chunk.ts';
import { splitLines } from '../files/lines.ts';
import { countBytesRead } from '../files/shared.ts';
import { type ConversationPart, conversationPart } from './conversation.ts';

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
