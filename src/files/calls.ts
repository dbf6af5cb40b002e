import * as fs from 'node:fs';
import { promisify } from 'node:util';

// The callback functions of node:fs as promises. node:fs/promises takes up to twice the processor
// time, for its file handles and its errors (mostly ENOENT). Frequent calls use the functions below.

export const close = promisify(fs.close);
export const fstat = promisify(fs.fstat);
export const link = promisify(fs.link);
export const open = promisify(fs.open);
export const read = promisify(fs.read);
export const readdir = promisify(fs.readdir);
export const readFile = promisify(fs.readFile);
export const readlink = promisify(fs.readlink);
export const rename = promisify(fs.rename);
export const stat = promisify(fs.stat);
export const unlink = promisify(fs.unlink);
export const write = promisify(fs.write);
export const writeFile = promisify(fs.writeFile);

/** Opens a file with the given flags and reads its text. */
export async function readText(path: string, flags: number): Promise<string> {
  const fd = await open(path, flags);
  try {
    return await readFile(fd, 'utf8');
  } finally {
    await close(fd);
  }
}
