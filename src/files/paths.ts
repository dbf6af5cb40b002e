import { dirname, join } from 'node:path';
import { ManagerError } from '../errors.ts';
import { beginningOf } from '../text/cut.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The paths of all files of one worker. */
export interface WorkerPaths {
  folder: string;
  history: string;
  stdin: string;
  stdout: string;
  stderr: string;
  journal: string;
  lease: string;
  /** The processes of the worker that a person has given up. */
  givenUp: string;
  /** The settings of `claude`: a file keeps them out of its arguments, which other users can read. */
  settings: string;
  mcpConfig: string;
}

/**
 * Returns the paths of a worker in a logs folder.
 * @throws ManagerError `unknown_worker` when the id is no UUID: no unchecked id becomes a path.
 */
export function workerPaths(logsDir: string, worker_id: string): WorkerPaths {
  if (!isUuid(worker_id)) {
    throw new ManagerError(
      'unknown_worker',
      `Expected a worker id (a UUID from spawn_worker), found ${JSON.stringify(beginningOf(worker_id, 80))}; list_workers shows the ids.`,
    );
  }
  const folder = join(logsDir, `worker-${worker_id}`);
  return { history: `${folder}.json`, ...filesIn(folder) };
}

/** The name of a standby process's folder is this prefix and the id of its future worker. */
export const standbyPrefix = '.standby-';

/** Returns the paths of a standby process; `worker_id` is the id of its future worker. */
export function standbyPaths(logsDir: string, worker_id: string): WorkerPaths {
  const { history } = workerPaths(logsDir, worker_id);
  return { history, ...filesIn(join(logsDir, `${standbyPrefix}${worker_id}`)) };
}

function filesIn(folder: string): Omit<WorkerPaths, 'history'> {
  // Template strings, not join(): V8 copies the folder's path only when a path is used.
  return {
    folder,
    stdin: `${folder}/stdin`,
    stdout: `${folder}/stdout.ndjson`,
    stderr: `${folder}/stderr.log`,
    journal: `${folder}/journal.ndjson`,
    lease: `${folder}/lease.json`,
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
