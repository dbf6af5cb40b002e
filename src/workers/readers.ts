import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { readWorker, type StoredWorker } from '../journal/load-worker.ts';

/** Folds a worker's journal; see readWorker. */
export type Read = (worker_id: string) => Promise<StoredWorker | undefined>;

/** Somebody who reads workers, of whom so many are well asked of it at once. */
export interface Reader {
  read: Read;
  atOnce: number;
}

/** What a reading thread tells of a worker; `isRead` is false where it could not. */
export interface ThreadAnswer {
  worker_id: string;
  isRead: boolean;
  stored?: StoredWorker | undefined;
}

/** Fewer than that are read before a thread has come up. */
const manyWorkers = 64;
const mostThreads = 3;

/** This thread reads less where there are others: all that is read is taken over here. */
const [alone, beside, elsewhere] = [16, 4, 24];

/**
 * Who reads so many workers: this thread and, where they are many, one on each other core that runs
 * `thread`.
 */
export function createReaders(
  logsDir: string,
  count: number,
  thread: URL | undefined,
): { readers: Reader[]; end(): void } {
  const read: Read = (worker_id) => readWorker(logsDir, worker_id);
  const cores = Math.min(mostThreads, availableParallelism() - 1);
  if (thread === undefined || count < manyWorkers || cores === 0) {
    return { readers: [{ read, atOnce: alone }], end() {} };
  }
  const threads = Array.from({ length: cores }, () => startThread(thread, logsDir, read));
  return {
    readers: [
      { read, atOnce: beside },
      ...threads.map((there) => ({ read: there.read, atOnce: elsewhere })),
    ],
    end() {
      for (const { end } of threads) end();
    },
  };
}

/** Reads workers in a thread of their own; one that cannot be read there is read by `here`. */
function startThread(file: URL, logsDir: string, here: Read): { read: Read; end(): void } {
  const thread = new Worker(file, { workerData: logsDir });
  const asked = new Map<string, (stored: ReturnType<Read>) => void>();
  let isGone = false;
  const answer = ({ worker_id, isRead, stored }: ThreadAnswer) => {
    asked.get(worker_id)?.(isRead ? Promise.resolve(stored) : here(worker_id));
    asked.delete(worker_id);
  };
  const giveUp = () => {
    isGone = true;
    for (const worker_id of asked.keys()) answer({ worker_id, isRead: false });
  };
  thread.on('message', answer).on('error', giveUp).on('exit', giveUp);
  return {
    read(worker_id) {
      if (isGone) return here(worker_id);
      return new Promise((resolve) => {
        asked.set(worker_id, resolve);
        thread.postMessage(worker_id);
      });
    },
    end: () => void thread.terminate(),
  };
}
