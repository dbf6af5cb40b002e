import * as fs from 'node:fs';
import { promisify } from 'node:util';

// Calls to the file system as promises of their callbacks: those of node:fs/promises take up to
// twice the processor time, for the object around a descriptor and for errors that are mostly "not there".
// What is done for each worker again and again is done with these.

export const close = promisify(fs.close);
export const fstat = promisify(fs.fstat);
export const link = promisify(fs.link);
export const open = promisify(fs.open);
export const read = promisify(fs.read);
export const readdir = promisify(fs.readdir);
export const readFile = promisify(fs.readFile);
export const rename = promisify(fs.rename);
export const stat = promisify(fs.stat);
export const unlink = promisify(fs.unlink);
export const write = promisify(fs.write);
export const writeFile = promisify(fs.writeFile);

/** The text of a file that is opened with these flags. */
export async function readText(path: string, flags: number): Promise<string> {
  const fd = await open(path, flags);
  try {
    return await readFile(fd, 'utf8');
  } finally {
    await close(fd);
  }
}
