import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../errors.ts';

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
  const temporary = join(dirname(path), `.${process.pid}-${Date.now()}-${Math.random()}.tmp`);
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

/** The value of a promise, or undefined when the file it is about does not exist. */
export async function unlessMissing<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
