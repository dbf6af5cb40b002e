import { type Folders, workerPaths } from '../files/paths.ts';
import { poll } from '../files/shared.ts';
import { type Journal, type JournalRecord, openJournal } from '../journal/journal.ts';

/** The journals of the workers, each opened with its first record. */
export interface Journals {
  append(record: JournalRecord): void;
  /** Resolves once every record of a worker is on disk; rejects when its journal cannot be written. */
  flushed(worker_id: string): Promise<void>;
  /** Forgets a broken journal, of a worker that continues from what is on disk. */
  renew(worker_id: string): void;
  /** Closes the journal of a worker once it is on disk, unless a record is appended meanwhile. */
  close(worker_id: string): Promise<void>;
}

interface Opened {
  journal: Journal;
  isClosing: boolean;
  endPoll(): void;
}

export function createJournals(
  folders: Folders,
  onError: (worker_id: string, error: unknown) => void,
): Journals {
  const journals = new Map<string, Opened>();

  const open = (worker_id: string) => {
    const known = journals.get(worker_id);
    if (known) return known;
    const { journal: path } = workerPaths(folders, worker_id);
    const journal = openJournal(path, (error) => onError(worker_id, error));
    // A worker may write no record for hours, so its journal is looked at too.
    const endPoll = poll(() => void journal.check().catch(() => {}));
    const opened = { journal, isClosing: false, endPoll };
    journals.set(worker_id, opened);
    return opened;
  };

  return {
    append(record) {
      const opened = open(record.worker);
      opened.isClosing = false;
      opened.journal.append(record);
    },
    flushed: (worker_id) => open(worker_id).journal.flushed(),
    renew(worker_id) {
      const opened = journals.get(worker_id);
      if (!opened?.journal.isBroken) return;
      opened.endPoll();
      journals.delete(worker_id);
    },
    async close(worker_id) {
      const opened = journals.get(worker_id);
      if (!opened) return;
      opened.isClosing = true;
      // A broken journal is kept: flushed() must keep rejecting.
      await opened.journal.flushed();
      if (!opened.isClosing) return;
      opened.endPoll();
      journals.delete(worker_id);
    },
  };
}
