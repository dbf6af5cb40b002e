import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, unknownWorker } from '../errors.ts';
import { type Folders, workerPaths } from '../files/paths.ts';
import { unlessMissing } from '../files/private-files.ts';
import { type JournalRecord, readJournal } from '../journal/journal.ts';
import { storedWorkers } from '../journal/load-worker.ts';
import { type Fold, foldAll } from './fold.ts';
import type { PageSource } from './source.ts';
import { readTranscript } from './transcript.ts';

/** The paths of the two files that describe a worker's run. */
interface WorkerFiles {
  journal: string;
  stdout: string;
}

/**
 * Opens a past run as a source. It needs no server and changes nothing.
 * @param folders The logs folder may also be a state folder, a worker's folder or a journal.
 * @throws Error when it is none of them.
 */
export async function openRecorded(
  folders: Folders,
  warn: (message: string) => void,
): Promise<PageSource> {
  const find = await finderOf(folders);
  const filesOf = async (worker_id: string): Promise<WorkerFiles> => {
    const files = (await find()).get(worker_id);
    if (!files) throw unknownWorker(worker_id);
    return files;
  };
  return {
    title: folders.logsDir,
    async snapshot() {
      const folds: Fold[] = [];
      for (const [worker_id, { journal }] of await find()) {
        try {
          const { fold } = foldAll(await readJournal(journal), 'none');
          if (fold) folds.push(fold);
        } catch (error) {
          warn(`Worker ${worker_id} is not shown: ${messageOf(error)}`);
        }
      }
      return { ...snapshotOf(folds), cursor: null, supervisor: null };
    },
    async records(worker_id) {
      const { journal } = await filesOf(worker_id);
      return { steps: foldAll(await readJournal(journal), 'none').steps };
    },
    async transcript(worker_id, from) {
      return readTranscript((await filesOf(worker_id)).stdout, from);
    },
  };
}

/** Returns the workers and their lanes, the oldest first. */
export function snapshotOf(folds: Iterable<Fold>) {
  const sorted = [...folds].sort((one, other) => one.createdAt - other.createdAt);
  return {
    workers: sorted.map(({ view }) => view),
    lanes: Object.fromEntries(sorted.map(({ view, lane }) => [view.worker_id, lane])),
  };
}

/** Returns a function that finds the workers of a logs folder, or the worker of a journal. */
async function finderOf(folders: Folders): Promise<() => Promise<Map<string, WorkerFiles>>> {
  const path = folders.logsDir;
  const found = await unlessMissing(stat(path));
  if (!found && !(await unlessMissing(stat(folders.stateDir)))) {
    throw new Error(`Expected a logs folder or a journal.ndjson, found nothing at ${path}.`);
  }
  if (found && !found.isDirectory()) return finderOfJournal(path);
  if (found && (await readdir(path)).includes('journal.ndjson')) {
    return finderOfJournal(join(path, 'journal.ndjson'));
  }
  return async () => {
    const ids = await storedWorkers(folders);
    return new Map(ids.map((worker_id) => [worker_id, workerPaths(folders, worker_id)]));
  };
}

async function finderOfJournal(journal: string): Promise<() => Promise<Map<string, WorkerFiles>>> {
  const [first]: JournalRecord[] = await readJournal(journal);
  if (!first) throw new Error(`${basename(journal)} has no records.`);
  const files = { journal, stdout: join(dirname(journal), 'stdout.ndjson') };
  return async () => new Map([[first.worker, files]]);
}
