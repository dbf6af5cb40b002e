import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { type Folders, type WorkerPaths, workerPaths, workersAmong } from './paths.ts';
import { unlessMissing } from './private-files.ts';
import { isForOthers } from './probe-folder.ts';

type Places = Pick<Folders, 'logsDir' | 'stateDir'>;

/**
 * Returns the ids of the workers that versions up to 0.1 left in a logs folder. A journal starts processes
 * with the options that it names, and a project can come from anywhere. So only what these versions can
 * have made is believed: folders and journals for this user alone, which a checkout of git or an agent's
 * Write does not make, and no folder of a worker that has its files in the state folder.
 */
export function earlierWorkers({ logsDir, stateDir }: Places): Set<string> {
  const ids = workersIn(logsDir);
  if (ids.length === 0) return new Set();
  const here = new Set(workersIn(stateDir));
  const isPrivate = (path: string) => isOurs(lstatSync(path, { throwIfNoEntry: false }));
  const isEarlier = (id: string) => {
    const { folder, journal } = pathsIn(logsDir, id);
    return !here.has(id) && isPrivate(folder) && isPrivate(journal);
  };
  return new Set(ids.filter(isEarlier));
}

/**
 * Looks whether a worker that is not in the state folder is one that a server of version 0.1, which still
 * runs, has made since the start of this server; then it is one of `folders.earlier` from now on.
 */
export async function isNewEarlier(folders: Folders, worker_id: string): Promise<boolean> {
  const { folder, journal } = pathsIn(folders.logsDir, worker_id);
  const found = await Promise.all([folder, journal].map((path) => unlessMissing(lstat(path))));
  if (!found.every(isOurs)) return false;
  folders.earlier.add(worker_id);
  return true;
}

function pathsIn(logsDir: string, worker_id: string): WorkerPaths {
  return workerPaths({ logsDir, stateDir: logsDir, earlier: new Set() }, worker_id);
}

function workersIn(folder: string): string[] {
  try {
    return workersAmong(readdirSync(folder, { withFileTypes: true }));
  } catch {
    // A folder that cannot be read is refused with its reason by the first call.
    return [];
  }
}

/** True for what only this user can use. A link is for everybody. */
const isOurs = (found: Stats | undefined): boolean =>
  found !== undefined && found.uid === process.getuid?.() && !isForOthers(found.mode);
