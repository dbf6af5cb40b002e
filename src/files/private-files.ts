import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../errors.ts';
import * as calls from './calls.ts';

/** Flags that refuse to go through a symbolic link somebody planted. */
export const appendFlags =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

export const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW;

const createFlags =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Makes a folder that only its owner can enter, with its parents; says whether it was new. */
export async function makePrivateFolder(path: string): Promise<boolean> {
  return (await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined;
}

/**
 * Makes the logs folder. One that was not there before keeps itself out of version control.
 * @throws Error when it is there, but is another user's.
 */
export async function makeLogsFolder(path: string): Promise<void> {
  const isNew = await makePrivateFolder(path);
  await checkOwner(path);
  if (!isNew) return;
  await writeFile(join(path, '.gitignore'), '*\n', { mode: 0o600, flag: 'wx' }).catch((error) => {
    // Of several that make the folder at once, one is enough.
    if (codeOf(error) !== 'EEXIST') throw error;
  });
}

/**
 * Another user who owns a folder can put there what he likes, and read what we write.
 * @throws Error when a folder is not this user's; a missing one is nobody's.
 */
export async function checkOwner(path: string): Promise<void> {
  const found = await unlessMissing(stat(path));
  if (found === undefined || found.uid === process.getuid?.()) return;
  throw new Error(`${path} belongs to another user (uid ${found.uid})`);
}

/**
 * A link in place of a folder would lead all that is below it elsewhere.
 * @throws Error when something is at this path and is no folder itself.
 */
export async function checkFolder(path: string): Promise<void> {
  const found = await unlessMissing(lstat(path));
  if (found === undefined || found.isDirectory()) return;
  throw new Error(`${path} is no folder; put back what belongs there, or remove it`);
}

/** Writes a whole file by its owner only, seen by readers either as it was or complete. */
export async function replaceFile(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const temporary = temporaryIn(dirname(path));
  const file = await open(temporary, createFlags, 0o600);
  try {
    await write(file);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Ends the last line of a file whose writer is gone and did not.
 * @returns the size of the file by then; 0 when it is missing.
 */
export async function endLine(path: string): Promise<number> {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW;
  const fd = await unlessMissing(calls.open(path, flags));
  if (fd === undefined) return 0;
  try {
    const { size } = await calls.fstat(fd);
    if (size === 0) return 0;
    const { buffer } = await calls.read(fd, Buffer.alloc(1), 0, 1, size - 1);
    if (buffer.toString() === '\n') return size;
    await calls.write(fd, '\n');
    return size + 1;
  } finally {
    await calls.close(fd);
  }
}

/** A new name for a file of this process that is about to take its place under another name. */
export function temporaryIn(folder: string): string {
  return join(folder, `.${process.pid}-${randomUUID()}.tmp`);
}

/** Removes the temporary files in a folder that processes left which are no longer there. */
export async function sweepTemporaries(folder: string): Promise<void> {
  const names = (await unlessMissing(calls.readdir(folder))) ?? [];
  for (const name of names) {
    const pid = /^\.(\d+)-.*\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !isThere(Number(pid))) await rm(join(folder, name), { force: true });
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** The value of a promise, or undefined when the file it is about does not exist. */
export async function unlessMissing<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
