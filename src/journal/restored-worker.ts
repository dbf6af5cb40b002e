import type { WorkerContext } from '../../machines/worker.ts';
import type { Activity } from './activity.ts';
import type { WorkerSnapshot } from './replay.ts';

/** A worker as its journal left it, to go on from there. */
export interface RestoredWorker {
  value: WorkerSnapshot['value'];
  context: WorkerContext;
  activity: Activity;
}

/** What a worker is at some moment, without its actors. */
export type WorkerData = Pick<WorkerSnapshot, 'value' | 'context'>;

/** Whether nobody needs a worker any more, until it is resumed. */
export function isDoneWith(worker: WorkerData): boolean {
  const { delivered, saved, process } = worker.context;
  const isSettled = worker.value === 'completed' || worker.value === 'failed';
  return isSettled && delivered && saved && process === null;
}
