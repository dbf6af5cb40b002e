import { parentPort, workerData } from 'node:worker_threads';
import { readWorker } from '../journal/load-worker.ts';
import type { ThreadAnswer } from './readers.ts';

/** What a reading thread runs: it reads the workers whose ids it is told, in the folder it was given. */
async function answerTo(worker_id: string): Promise<ThreadAnswer> {
  try {
    return { worker_id, isRead: true, stored: await readWorker(workerData, worker_id) };
  } catch {
    // Who asked reads it again, and finds out why.
    return { worker_id, isRead: false };
  }
}

parentPort?.on('message', (worker_id: string) => {
  void answerTo(worker_id).then((answer) => parentPort?.postMessage(answer));
});
