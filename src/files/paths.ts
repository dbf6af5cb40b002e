import { join } from 'node:path';
import { ManagerError } from '../errors.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Every file of one worker. */
export interface WorkerPaths {
  folder: string;
  history: string;
  stdin: string;
  stdout: string;
  stderr: string;
  journal: string;
  lease: string;
  /** Settings handed to `claude` as a file, so that nothing of them stands in its arguments. */
  settings: string;
  mcpConfig: string;
}

/**
 * The files of a worker in a logs folder.
 * @throws ManagerError `unknown_worker` when the id is no UUID, so that no id ever becomes a path unchecked.
 */
export function workerPaths(logsDir: string, worker_id: string): WorkerPaths {
  if (!isUuid(worker_id)) {
    throw new ManagerError(
      'unknown_worker',
      `Expected a worker id (a UUID from spawn_worker), found ${JSON.stringify(worker_id.slice(0, 80))}; list_workers shows the ids.`,
    );
  }
  const folder = join(logsDir, `worker-${worker_id}`);
  return { history: `${folder}.json`, ...filesIn(folder) };
}

/** What the folder of a process that waits to become a worker's is called, before that worker's id. */
export const standbyPrefix = '.standby-';

/** The files of a process that waits, under the id of the worker that it is to become. */
export function standbyPaths(logsDir: string, worker_id: string): WorkerPaths {
  const { history } = workerPaths(logsDir, worker_id);
  return { history, ...filesIn(join(logsDir, `${standbyPrefix}${worker_id}`)) };
}

function filesIn(folder: string): Omit<WorkerPaths, 'history'> {
  // Not by join: a path that nobody uses is then no copy of the folder's.
  return {
    folder,
    stdin: `${folder}/stdin`,
    stdout: `${folder}/stdout.ndjson`,
    stderr: `${folder}/stderr.log`,
    journal: `${folder}/journal.ndjson`,
    lease: `${folder}/lease.json`,
    settings: `${folder}/settings.json`,
    mcpConfig: `${folder}/mcp.json`,
  };
}

export function isUuid(text: string): boolean {
  return uuid.test(text);
}
