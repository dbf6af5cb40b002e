import { lstat, readdir } from 'node:fs/promises';
import { messageOf } from '../errors.ts';
import { eachOf } from '../files/concurrency.ts';
import { isNewEarlier } from '../files/earlier-workers.ts';
import { type Folders, folderName, historiesAmong, workerPaths } from '../files/paths.ts';
import { unlessMissing } from '../files/private-files.ts';
import { type HistoryHead, readHistoryFile } from './history-file.ts';

/** How many files are read at once. */
const atOnce = 16;

/** Returns the ids of the workers that are known by their history file only: they have no journal. */
export async function historyOnlyIds(folders: Folders): Promise<string[]> {
  const { logsDir, stateDir, earlier } = folders;
  const [names, others] = await Promise.all(
    [logsDir, stateDir].map(async (folder) => (await unlessMissing(readdir(folder))) ?? []),
  );
  const here = new Set(others);
  const found: string[] = [];
  await eachOf(historiesAmong(names ?? []).values(), atOnce, async (id) => {
    const isThere = here.has(folderName(id)) || earlier.has(id);
    const isKnown = isThere ? hasJournal(folders, id) : isNewEarlier(folders, id);
    if (!(await isKnown)) found.push(id);
  });
  return found;
}

/**
 * False for a folder whose journal was removed, or in which an import was not completed. Something else in
 * the place of the folder, such as a link, is a problem and no absence.
 */
async function hasJournal(folders: Folders, worker_id: string): Promise<boolean> {
  const { folder, journal } = workerPaths(folders, worker_id);
  const isFolder = (await unlessMissing(lstat(folder)))?.isDirectory() === true;
  return !isFolder || (await unlessMissing(lstat(journal))) !== undefined;
}

/**
 * Reads the workers of which nothing but the history file is here: they ran on another machine or in a
 * container, the project was moved, or somebody removed their other files.
 * @param isHere True for a worker that needs no reading.
 * @param warn Takes why a file is not a history file.
 */
export async function readHistoryOnly(
  folders: Folders,
  isHere: (worker_id: string) => boolean,
  warn: (problem: string) => void,
): Promise<HistoryHead[]> {
  const found: HistoryHead[] = [];
  const ids = (await historyOnlyIds(folders)).filter((id) => !isHere(id));
  await eachOf(ids.values(), atOnce, async (id) => {
    try {
      const file = await readHistoryFile(workerPaths(folders, id).history, id);
      if (file) found.push(file.head);
    } catch (error) {
      warn(messageOf(error));
    }
  });
  return found.sort((one, other) => one.created_at.localeCompare(other.created_at));
}
