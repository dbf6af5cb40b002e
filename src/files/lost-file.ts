import { basename } from 'node:path';
import { stat } from './calls.ts';
import { unlessMissing } from './private-files.ts';
import { poll } from './shared.ts';

/** The error of a file that another program has emptied, replaced or removed. */
export class LostFile extends Error {
  override readonly name = 'LostFile';
}

/** Returns the error of a file that has become shorter, or has other bytes than those that were read. */
export const emptied = (path: string): LostFile => lost(path, 'emptied or wrote anew');

export const removed = (path: string): LostFile => lost(path, 'removed');

export const appendedTo = (path: string): LostFile => lost(path, 'wrote into');

const replaced = (path: string): LostFile => lost(path, 'replaced');

/** Names the file without its folder: a hint is short, and the folder is that of the worker. */
function lost(path: string, what: string): LostFile {
  return new LostFile(`another program ${what} ${basename(path)}`);
}

/** Returns the inode of a file; undefined when there is no file. */
export async function inodeOf(path: string): Promise<number | undefined> {
  return (await unlessMissing(stat(path)))?.ino;
}

/** A path, and the inode that it must name. */
export interface NamedFile {
  path: string;
  /** Noted at the first look when it is not known. */
  inode: number | undefined;
}

/**
 * Looks about every two seconds whether the paths still name the files that a process has open, and
 * calls back once when they do not. Returns a function that ends this.
 */
export function watchNames(files: NamedFile[], onLost: (error: LostFile) => void): () => void {
  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    const error = await firstLost(files).catch(() => undefined);
    isLooking = false;
    if (!error || isOver) return;
    end();
    onLost(error);
  };
  let isOver = false;
  const endPoll = poll(() => void look());
  const end = () => {
    isOver = true;
    endPoll();
  };
  void look();
  return end;
}

async function firstLost(files: NamedFile[]): Promise<LostFile | undefined> {
  for (const file of files) {
    const found = await inodeOf(file.path);
    file.inode ??= found;
    if (found === file.inode) continue;
    return found === undefined ? removed(file.path) : replaced(file.path);
  }
  return undefined;
}
