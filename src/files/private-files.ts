import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../errors.ts';
import * as calls from './calls.ts';
import { placeTag } from './place-tag.ts';

/** These flags refuse a symbolic link, which another user may have put in place of the file. */
export const appendFlags =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** With O_NONBLOCK, a FIFO in the place of a file is empty; else to open it would block a thread. */
export const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const createFlags =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Creates a folder and its parents for their owner only; returns false when it already exists. */
export async function makePrivateFolder(path: string): Promise<boolean> {
  return (await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined;
}

/**
 * Checks that a folder belongs to this user: another owner could read and replace our files in it.
 * A missing folder passes.
 * @throws Error when the folder belongs to another user.
 */
export async function checkOwner(path: string): Promise<void> {
  const found = await unlessMissing(stat(path));
  if (found === undefined || found.uid === process.getuid?.()) return;
  throw new Error(`${path} belongs to another user (uid ${found.uid})`);
}

/**
 * Checks that a path is a folder or does not exist. A link there would move all files of the folder
 * to another place.
 * @throws Error when the path is a link or a file.
 */
export async function checkFolder(path: string): Promise<void> {
  const found = await unlessMissing(lstat(path));
  if (found === undefined || found.isDirectory()) return;
  throw new Error(`${path} is no folder; put back what belongs there, or remove it`);
}

/** Replaces a file, for its owner only. A reader sees the old file or the complete new file. */
export async function replaceFile(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const temporary = await temporaryIn(dirname(path));
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
 * Adds a newline to a file whose last line has none, because its writer died.
 * @returns the size of the file after that; 0 for a missing file.
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

/**
 * Moves away what another program has put in the place of a file, under a name that begins with the
 * file's: to open a FIFO would block a thread, and a folder cannot be opened. A link stays: it is refused.
 */
export async function setAside(path: string): Promise<void> {
  const found = await unlessMissing(lstat(path));
  if (!found || found.isFile() || found.isSymbolicLink()) return;
  await rename(path, `${path}.no-file-${randomUUID()}`);
}

/** Returns a new path for a temporary file, which is renamed when it is complete. */
export async function temporaryIn(folder: string): Promise<string> {
  return join(folder, `.${process.pid}-${await placeTag()}-${randomUUID()}.tmp`);
}

/** After this time a temporary file is left over, wherever its process ran. */
const leftOverMs = 24 * 60 * 60 * 1000;

/** Removes the temporary files of dead processes from a folder. */
export async function sweepTemporaries(folder: string): Promise<void> {
  const names = (await unlessMissing(calls.readdir(folder))) ?? [];
  for (const name of names) {
    const path = join(folder, name);
    if (await isLeftOver(path, name)) await rm(path, { force: true });
  }
}

/** A process id tells nothing about a process of another container or machine, which may be writing. */
async function isLeftOver(path: string, name: string): Promise<boolean> {
  const [, pid, place] = /^\.(\d+)-(?:([0-9a-f]{12})-)?.*\.tmp$/.exec(name) ?? [];
  if (pid === undefined) return false;
  if (place === (await placeTag())) return !isRunning(Number(pid));
  const found = await unlessMissing(lstat(path));
  return found !== undefined && Date.now() - found.mtimeMs > leftOverMs;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** Returns the value of a promise, or undefined when it rejects because a file does not exist. */
export async function unlessMissing<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
