import type { Folders } from '../src/files/paths.ts';

/** Returns the folders of a benchmark, which has all files of its workers in one folder. */
export const foldersOf = (folder: string): Folders => ({
  logsDir: folder,
  stateDir: folder,
  earlier: new Set(),
});
