import { readdir, stat } from 'node:fs/promises';
import type { PermissionRequest } from '../machines/worker.ts';
import { ManagerError } from './errors.ts';
import { nextActivity, noActivity } from './inspect/activity.ts';
import { replay } from './inspect/replay.ts';
import { checkFolder, unlessMissing } from './store/files.ts';
import { type JournalRecord, readJournal } from './store/journal.ts';
import { isUuid, workerPaths } from './store/paths.ts';
import type { RestoredWorker } from './worker.ts';

/** A worker as its journal tells it, whoever owns it. */
export interface StoredWorker {
  restored: RestoredWorker;
  records: JournalRecord[];
  /** Bytes of the journal when it was about to be read. */
  size: number;
}

/** Whether a record is the one with which a permission was asked for. */
export const asks = ({ event }: JournalRecord, request_id: string): boolean =>
  event.type === 'PERMISSION_ASKED' &&
  // The event is the machine's own; see WorkerOutput.
  (event.request as PermissionRequest).request_id === request_id;

/** The worker again if its journal has grown since it was read, as its owner went on till it was claimed. */
export async function withoutGap(
  logsDir: string,
  worker_id: string,
  stored: StoredWorker,
): Promise<StoredWorker> {
  const { size } = await stat(workerPaths(logsDir, worker_id).journal);
  return size === stored.size ? stored : ((await readWorker(logsDir, worker_id)) ?? stored);
}

/**
 * Folds a worker's journal; undefined when it has none.
 * @throws Error when the journal cannot be read, or the worker's folder is a link.
 */
export async function readWorker(
  logsDir: string,
  worker_id: string,
): Promise<StoredWorker | undefined> {
  const paths = workerPaths(logsDir, worker_id);
  await checkFolder(paths.folder);
  const size = (await unlessMissing(stat(paths.journal)))?.size ?? 0;
  const records = await readJournal(paths.journal);
  let restored: RestoredWorker | undefined;
  let activity = noActivity;
  for (const { record, snapshot } of replay(records)) {
    activity = nextActivity(activity, record);
    restored = { value: snapshot.value, context: snapshot.context, activity };
  }
  return restored && { restored, records, size };
}

/** The ids of all workers that have a folder in a logs folder. */
export async function storedWorkers(logsDir: string): Promise<string[]> {
  const entries = (await unlessMissing(readdir(logsDir, { withFileTypes: true }))) ?? [];
  return entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('worker-'))
    .map(({ name }) => name.slice('worker-'.length))
    .filter(isUuid);
}

/**
 * The worker of a logs folder whose id begins with a text.
 * @throws ManagerError `unknown_worker` when that is none, or more than one.
 */
export async function findWorker(logsDir: string, prefix: string): Promise<string> {
  const ids = await storedWorkers(logsDir);
  const found = ids.filter((id) => id.startsWith(prefix.toLowerCase()));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const text = JSON.stringify(prefix.slice(0, 80));
  throw new ManagerError(
    'unknown_worker',
    found.length === 0
      ? `Expected the beginning of a worker's id, found ${text}, with which none of the ${ids.length} in ${logsDir} begins; \`async-worker-manager watch\` shows them.`
      : `Expected the beginning of one worker's id, found ${text}, with which ${found.length} begin; give more of it.`,
  );
}
