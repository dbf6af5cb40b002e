import type { Dirent } from 'node:fs';
import { dirname, join } from 'node:path';
import { ManagerError } from '../errors.ts';
import { beginningOf } from '../text/cut.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The folders of a project's workers. */
export interface Folders {
  /** The folder of the history files, in the project. */
  logsDir: string;
  /** The folder of the files that workers live on. Nobody works in it, so nothing removes its files. */
  stateDir: string;
  /**
   * The ids of the workers of earlier versions, whose files are in the logs folder and stay there. A server
   * of an earlier version that still runs can add workers.
   */
  earlier: Set<string>;
}

/** The paths of all files of one worker. */
export interface WorkerPaths {
  /** The folder of all files but the history. */
  folder: string;
  history: string;
  stdin: string;
  stdout: string;
  stderr: string;
  journal: string;
  lease: string;
  /** The history file from which the worker was imported: its journal and stdout begin behind it. */
  imported: string;
  /** The processes of the worker that a person has given up. */
  givenUp: string;
  /** The settings of `claude`: a file keeps them out of its arguments, which other users can read. */
  settings: string;
  mcpConfig: string;
}

/**
 * Returns the paths of a worker.
 * @throws ManagerError `unknown_worker` when the id is no UUID: no unchecked id becomes a path.
 */
export function workerPaths(folders: Folders, worker_id: string): WorkerPaths {
  if (!isUuid(worker_id)) {
    throw new ManagerError(
      'unknown_worker',
      `Expected a worker id (a UUID from spawn_worker), found ${JSON.stringify(beginningOf(worker_id, 80))}; list_workers shows the ids.`,
    );
  }
  const { logsDir, stateDir, earlier } = folders;
  const name = folderName(worker_id);
  const folder = join(earlier.has(worker_id) ? logsDir : stateDir, name);
  return { history: join(logsDir, `${name}.json`), ...filesIn(folder) };
}

const workerPrefix = 'worker-';

/** Returns the name of a worker's folder. */
export const folderName = (worker_id: string): string => `${workerPrefix}${worker_id}`;

/** Returns the ids of the workers that have a folder among these entries of a folder. */
export function workersAmong(entries: readonly Dirent[]): string[] {
  return entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(workerPrefix))
    .map(({ name }) => name.slice(workerPrefix.length))
    .filter(isUuid);
}

/** Returns the ids of the workers that have a history file among these names. */
export function historiesAmong(names: readonly string[]): string[] {
  const ids = names.map((name) => /^worker-(.*)\.json$/.exec(name)?.[1] ?? '');
  return ids.filter(isUuid);
}

/** The name of a standby process's folder is this prefix and the id of its future worker. */
export const standbyPrefix = '.standby-';

/** Returns the paths of a standby process; `worker_id` is the id of its future worker. */
export function standbyPaths(folders: Folders, worker_id: string): WorkerPaths {
  const { history } = workerPaths(folders, worker_id);
  return { history, ...filesIn(join(folders.stateDir, `${standbyPrefix}${worker_id}`)) };
}

/** Returns the file of a state folder that names the logs folder which it belongs to. */
export const markerOf = (stateDir: string): string => join(stateDir, 'logs-folder');

function filesIn(folder: string): Omit<WorkerPaths, 'history'> {
  // Template strings, not join(): V8 copies the folder's path only when a path is used.
  return {
    folder,
    stdin: `${folder}/stdin`,
    stdout: `${folder}/stdout.ndjson`,
    stderr: `${folder}/stderr.log`,
    journal: `${folder}/journal.ndjson`,
    lease: `${folder}/lease.json`,
    imported: `${folder}/imported.json`,
    givenUp: `${folder}/given-up.json`,
    settings: `${folder}/settings.json`,
    mcpConfig: `${folder}/mcp.json`,
  };
}

export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/** Returns a folder and all folders above it. */
export function ancestors(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...ancestors(above)];
}
