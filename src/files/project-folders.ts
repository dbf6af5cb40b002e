import { access, constants, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../errors.ts';
import { readText } from './calls.ts';
import { excludeFromGit } from './git-exclude.ts';
import { type Folders, markerOf } from './paths.ts';
import { checkOwner, makePrivateFolder, readFlags } from './private-files.ts';

/**
 * Creates the logs folder. Git ignores a new folder as a whole, and in an older folder the history files.
 * @throws Error when the folder belongs to another user.
 */
export async function makeLogsFolder(path: string): Promise<void> {
  const isNew = await makePrivateFolder(path);
  await checkOwner(path);
  if (isNew) {
    await writeUnlessThere(join(path, '.gitignore'), '*\n');
    return;
  }
  await access(path, constants.W_OK | constants.X_OK);
  await excludeFromGit(path);
}

/**
 * Creates the state folder. A file in it names the logs folder that it belongs to, which exists.
 * @throws Error when the folder belongs to another user or to another logs folder.
 */
export async function makeStateFolder({
  logsDir,
  stateDir,
}: Pick<Folders, 'logsDir' | 'stateDir'>): Promise<void> {
  await makePrivateFolder(stateDir);
  await checkOwner(stateDir);
  const marker = markerOf(stateDir);
  const logsFolder = await realpath(logsDir);
  if (await writeUnlessThere(marker, logsFolder)) return;
  const owner = await readText(marker, readFlags);
  if (owner === logsFolder) return;
  throw new Error(`since the start of this server it belongs to ${owner}; start the server again`);
}

/** Writes a new file; returns false when the file exists. */
async function writeUnlessThere(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  }
}
