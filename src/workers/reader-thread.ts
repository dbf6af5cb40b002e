import { parentPort, workerData } from 'node:worker_threads';
import { readWorker } from '../journal/load-worker.ts';
import type { ThreadReply } from './readers.ts';

/** The file of a reading thread: reads each worker whose id it gets, in the folder of `workerData`. */
async function replyTo(worker_id: string): Promise<ThreadReply> {
  try {
    return { worker_id, isRead: true, stored: await readWorker(workerData, worker_id) };
  } catch {
    // The main thread reads the worker again, and reports the error.
    return { worker_id, isRead: false };
  }
}

parentPort?.on('message', (worker_id: string) => {
  void replyTo(worker_id).then((reply) => parentPort?.postMessage(reply));
});
