import { readdir, stat } from 'node:fs/promises';
import type { PermissionRequest } from '../../machines/worker.ts';
import { ManagerError } from '../errors.ts';
import { type Folders, workerPaths, workersAmong } from '../files/paths.ts';
import { checkFolder, unlessMissing } from '../files/private-files.ts';
import { withBytesOf } from '../files/read-whole.ts';
import { beginningOf } from '../text/cut.ts';
import { nextActivity, noActivity } from './activity.ts';
import { essentialRecords } from './compact.ts';
import type { JournalRecord } from './journal.ts';
import { replay } from './replay.ts';
import type { RestoredWorker } from './restored-worker.ts';

/** A worker from its journal, with or without a living owner. */
export interface StoredWorker {
  restored: RestoredWorker;
  /** The first record, the changes of state, and the events of permission requests. */
  records: JournalRecord[];
  /** The size of the journal in bytes, when it was read. */
  size: number;
  /** True when the last line of the journal has no newline. */
  isTorn: boolean;
}

/** True if this record opened the permission request with this id. */
export const opensRequest = ({ event }: JournalRecord, request_id: string): boolean =>
  event.type === 'PERMISSION_ASKED' &&
  // The recorder copied the event from the machine's own; see WorkerOutput.
  (event.request as PermissionRequest).request_id === request_id;

/** Reads the journal again if its last owner appended to it before this server had the lease. */
export async function rereadIfGrown(
  folders: Folders,
  worker_id: string,
  stored: StoredWorker,
): Promise<StoredWorker> {
  const { size } = await stat(workerPaths(folders, worker_id).journal);
  return size === stored.size ? stored : ((await readWorker(folders, worker_id)) ?? stored);
}

/**
 * Reads a worker from its journal; returns undefined when it has no journal.
 * @throws Error when the journal cannot be read, or the worker's folder is a link.
 */
export async function readWorker(
  folders: Folders,
  worker_id: string,
): Promise<StoredWorker | undefined> {
  const paths = workerPaths(folders, worker_id);
  await checkFolder(paths.folder);
  return withBytesOf(paths.journal, (bytes) => foldJournal(bytes, paths.journal));
}

function foldJournal(bytes: Buffer, path: string): StoredWorker | undefined {
  const records: JournalRecord[] = [];
  let restored: RestoredWorker | undefined;
  let activity = noActivity;
  for (const { record, snapshot } of replay(essentialRecords(bytes, path))) {
    if (record.from !== record.to || concernsRequest(record)) records.push(record);
    activity = nextActivity(activity, record);
    restored = { value: snapshot.value, context: snapshot.context, activity };
  }
  const isTorn = bytes.length > 0 && bytes.at(-1) !== newline;
  return restored && { restored, records, size: bytes.length, isTorn };
}

const requestEvents = new Set(['PERMISSION_ASKED', 'ANSWER_PERMISSION', 'PERMISSION_WITHDRAWN']);

const concernsRequest = ({ event }: JournalRecord): boolean => requestEvents.has(event.type);

const newline = 0x0a;

/** Returns the ids of all workers that have a folder. */
export async function storedWorkers({ stateDir, earlier }: Folders): Promise<string[]> {
  const entries = (await unlessMissing(readdir(stateDir, { withFileTypes: true }))) ?? [];
  return [...new Set([...earlier, ...workersAmong(entries)])];
}

/**
 * Finds the id that begins with the given text.
 * @throws ManagerError `unknown_worker` when no id or several ids begin with it.
 */
export function findIdByPrefix(ids: string[], beginning: string): string {
  const [id, ...others] = ids.filter((one) => one.startsWith(beginning.toLowerCase()));
  if (id !== undefined && others.length === 0) return id;
  const shown = JSON.stringify(beginningOf(beginning, 80));
  const found = id === undefined ? 'no worker' : `${others.length + 1} workers`;
  const message = `Expected the beginning of one worker's id, found ${found} at ${shown}; async-worker-manager watch shows how they begin.`;
  throw new ManagerError('unknown_worker', message);
}
