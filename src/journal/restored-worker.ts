import type { WorkerContext } from '../../machines/worker.ts';
import type { Activity } from './activity.ts';
import type { WorkerSnapshot } from './replay.ts';

/** The state of a worker at the end of its journal, from which an actor continues. */
export interface RestoredWorker {
  value: WorkerSnapshot['value'];
  context: WorkerContext;
  activity: Activity;
}

/** The state of a worker at one moment, without its actors. */
export type WorkerData = Pick<WorkerSnapshot, 'value' | 'context'>;

/** True if a worker needs no actor until it is resumed: settled, delivered, saved, its process gone. */
export function isDoneWith(worker: WorkerData): boolean {
  const { delivered, saved, process } = worker.context;
  const isSettled = worker.value === 'completed' || worker.value === 'failed';
  return isSettled && delivered && saved && process === null;
}
