import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { eachChunk } from '../files/each-chunk.ts';

/** Characters per write: few calls for a short history, little memory for a long one. */
const chunkLength = 256 * 1024;

/** Writes a file from its start and hashes the bytes; `finish` returns the SHA-256 in hex. */
export function createHashedFile(file: FileHandle) {
  const hash = createHash('sha256');
  let texts = '';
  const flush = async () => {
    const bytes = Buffer.from(texts);
    texts = '';
    hash.update(bytes);
    await file.writeFile(bytes);
  };
  return {
    async write(text: string) {
      texts += text;
      if (texts.length >= chunkLength) await flush();
    },
    async finish(): Promise<string> {
      await flush();
      return hash.digest('hex');
    },
  };
}

/** Returns the SHA-256 of a file, in hex. */
export async function hashOf(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for await (const _ of eachChunk(file, (chunk) => hash.update(chunk)));
  return hash.digest('hex');
}
