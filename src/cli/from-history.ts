import { type Folders, workerPaths } from '../files/paths.ts';
import { readHistoryFile } from '../history/history-file.ts';
import { historyOnlyIds } from '../history/history-only.ts';
import { findIdByPrefix, storedWorkers } from '../journal/load-worker.ts';
import { visible } from '../stream-json/message.ts';

/** A worker that a command names. */
export interface NamedWorker {
  worker_id: string;
  /** What its history file says, where nothing else of the worker is here. */
  fromHistory?: string;
}

/**
 * Finds the worker whose id begins with the given text.
 * @throws ManagerError `unknown_worker` when no id or several ids begin with it.
 */
export async function findWorker(folders: Folders, beginning: string): Promise<NamedWorker> {
  const [stored, others] = await Promise.all([storedWorkers(folders), historyOnlyIds(folders)]);
  const worker_id = findIdByPrefix([...new Set([...stored, ...others])], beginning);
  if (!others.includes(worker_id)) return { worker_id };
  return { worker_id, fromHistory: await describe(folders, worker_id) };
}

async function describe(folders: Folders, worker_id: string): Promise<string> {
  const { history } = workerPaths(folders, worker_id);
  const { head } = (await readHistoryFile(history, worker_id)) ?? {};
  if (!head) return '';
  const { host = 'another place', state_dir = 'a folder that is not known' } = head;
  const lines = [
    head.description,
    `worker   ${worker_id}`,
    `state    ${head.status}${head.reason === undefined ? '' : `, ${head.reason}`}`,
    `turn     ${head.turns.length}`,
    `folder   ${head.cwd}`,
    `session  ${head.session_id}`,
    `history  ${history}`,
    `Only its history file is here; its other files were on ${host} in ${state_dir}.`,
  ];
  return lines.map((line) => `${visible(line)}\n`).join('');
}
