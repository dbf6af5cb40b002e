import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Folders } from '../files/paths.ts';
import { readWorker, type StoredWorker } from '../journal/load-worker.ts';

/** Reads a worker from its journal; see readWorker. */
export type Read = (worker_id: string) => Promise<StoredWorker | undefined>;

/** A thread that reads workers, and how many reads it should do at once. */
export interface Reader {
  read: Read;
  atOnce: number;
}

/** The reply of a reading thread; `isRead` is false when the thread could not read the worker. */
export interface ThreadReply {
  worker_id: string;
  isRead: boolean;
  stored?: StoredWorker | undefined;
}

/** Fewer workers than this are read before a thread has started. */
const manyWorkers = 64;
const mostThreads = 3;

/** The main thread reads less beside other threads, because it also adopts every worker. */
const reads = { alone: 16, besideThreads: 4, inThread: 24 };

/**
 * Creates the readers of `count` workers: the main thread and, for many workers, a thread with the
 * file `thread` on each other core.
 */
export function createReaders(
  folders: Folders,
  count: number,
  thread: URL | undefined,
): { readers: Reader[]; end(): void } {
  const read: Read = (worker_id) => readWorker(folders, worker_id);
  const cores = Math.min(mostThreads, availableParallelism() - 1);
  if (thread === undefined || count < manyWorkers || cores === 0) {
    return { readers: [{ read, atOnce: reads.alone }], end() {} };
  }
  const threads = Array.from({ length: cores }, () => startThread(thread, folders, read));
  return {
    readers: [
      { read, atOnce: reads.besideThreads },
      ...threads.map((started) => ({ read: started.read, atOnce: reads.inThread })),
    ],
    end() {
      for (const { end } of threads) end();
    },
  };
}

/** Reads workers in another thread; `readHere` reads a worker that the thread cannot read. */
function startThread(file: URL, folders: Folders, readHere: Read): { read: Read; end(): void } {
  const { logsDir, stateDir, earlier } = folders;
  // A thread gets a copy, and not every part of the settings can be copied.
  const workerData: Folders = { logsDir, stateDir, earlier };
  const thread = new Worker(file, { workerData });
  const pending = new Map<string, (stored: ReturnType<Read>) => void>();
  let isGone = false;
  const settle = ({ worker_id, isRead, stored }: ThreadReply) => {
    pending.get(worker_id)?.(isRead ? Promise.resolve(stored) : readHere(worker_id));
    pending.delete(worker_id);
  };
  const giveUp = () => {
    isGone = true;
    for (const worker_id of pending.keys()) settle({ worker_id, isRead: false });
  };
  thread.on('message', settle).on('error', giveUp).on('exit', giveUp);
  return {
    read(worker_id) {
      if (isGone) return readHere(worker_id);
      return new Promise((resolve) => {
        pending.set(worker_id, resolve);
        thread.postMessage(worker_id);
      });
    },
    end: () => void thread.terminate(),
  };
}
