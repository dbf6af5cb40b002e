import { type FileHandle, open, stat } from 'node:fs/promises';
import { readFlags } from '../files/private-files.ts';

/** The most bytes of each end that are read. */
const endBytes = 2048;

/** Returns the size of a file; 0 when it cannot be read. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/**
 * Reads what a process has written to its stderr: all of it, or its beginning and its end. Returns ''
 * when it cannot be read.
 * @param from Where its output begins. A file that was emptied meanwhile is read from its start.
 */
export async function readEnds(path: string, from: number): Promise<string> {
  const file = await open(path, readFlags).catch(() => undefined);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const start = size < from ? 0 : from;
    if (size - start <= 2 * endBytes) return await read(file, start, size - start);
    const first = await read(file, start, endBytes);
    return `${first}\n…\n${await read(file, size - endBytes, endBytes)}`;
  } catch {
    return '';
  } finally {
    await file.close();
  }
}

async function read(file: FileHandle, position: number, length: number): Promise<string> {
  if (length === 0) return '';
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position });
  return buffer.toString('utf8', 0, bytesRead);
}
