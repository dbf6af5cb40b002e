import { messageOf } from '../errors.ts';
import { type Folders, workerPaths } from '../files/paths.ts';
import { checkFolder } from '../files/private-files.ts';
import { type JournalRecord, readJournal } from '../journal/journal.ts';
import type { Step, WorkerView } from '../projection/contract.ts';
import { type Fold, nextFold } from '../projection/fold.ts';

export interface LiveFoldsDeps {
  folders: Folders;
  /** Resolves once the records of this server's own worker are in its journal. */
  recorded(worker_id: string): Promise<void>;
  onStep(step: Step): void;
  warn(message: string): void;
}

/** The folds of all workers, each up to the last record that was seen. */
export interface LiveFolds {
  /** Adds a record of this server; reads the journal if records before it are missing. */
  add(record: JournalRecord): void;
  /** Reads the rest of a worker's journal; a worker that cannot be read is not shown. */
  readOn(worker_id: string): Promise<void>;
  setOwner(worker_id: string, owner: WorkerView['owner']): void;
  has(worker_id: string): boolean;
  /** Returns each fold with the owner that its worker has now. */
  list(): Fold[];
}

export function createLiveFolds({ folders, recorded, onStep, warn }: LiveFoldsDeps): LiveFolds {
  const folds = new Map<string, Fold>();
  const owners = new Map<string, WorkerView['owner']>();
  /** The highest record number that was seen of each worker. */
  const newest = new Map<string, number>();
  const reads = new Map<string, Promise<void>>();

  const seqOf = (worker_id: string) => folds.get(worker_id)?.activity.seq ?? 0;
  const ownerOf = (worker_id: string) => owners.get(worker_id) ?? 'none';

  const apply = (worker_id: string, record: JournalRecord) => {
    if (record.seq !== seqOf(worker_id) + 1) return;
    const { fold, step } = nextFold(folds.get(worker_id), record, ownerOf(worker_id));
    folds.set(worker_id, fold);
    onStep(step);
  };
  /** Reads until the newest record is there, or until a read brings nothing new. */
  const readAll = async (worker_id: string) => {
    const { folder, journal } = workerPaths(folders, worker_id);
    await checkFolder(folder);
    for (let before = -1; before < seqOf(worker_id); ) {
      before = seqOf(worker_id);
      await recorded(worker_id);
      for (const record of await readJournal(journal)) apply(worker_id, record);
      if (seqOf(worker_id) >= (newest.get(worker_id) ?? 0)) return;
    }
  };
  const readOn = (worker_id: string) => {
    const current = reads.get(worker_id);
    if (current) return current;
    const read = readAll(worker_id)
      .catch((error: unknown) => warn(`Worker ${worker_id} is not shown: ${messageOf(error)}`))
      .finally(() => reads.delete(worker_id));
    reads.set(worker_id, read);
    return read;
  };

  return {
    readOn,
    add(record) {
      owners.set(record.worker, 'ours');
      newest.set(record.worker, record.seq);
      apply(record.worker, record);
      if (seqOf(record.worker) < record.seq) void readOn(record.worker);
    },
    setOwner: (worker_id, owner) => void owners.set(worker_id, owner),
    has: (worker_id) => folds.has(worker_id),
    list: () =>
      [...folds].map(([worker_id, fold]) => {
        return { ...fold, view: { ...fold.view, owner: ownerOf(worker_id) } };
      }),
  };
}
