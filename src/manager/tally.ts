import type { WorkerPhase } from './phases.ts';

/** Returns the phases that progress counts: those of now, and of workers that have left the list. */
export type Tally = (phases: WorkerPhase[]) => WorkerPhase[];

/**
 * Remembers the workers that leave the list of a `wait`: a worker that is done with is not live any
 * more, and without it the progress would count fewer workers and a smaller cost than before.
 */
export function createTally(): Tally {
  const left = new Map<string, WorkerPhase>();
  let before: WorkerPhase[] = [];
  return (phases) => {
    // Workers come and go one at a time, so a list of the same length has the same workers.
    if (phases.length !== before.length) {
      for (const worker of before) left.set(worker.worker_id, { ...worker, phase: 'delivered' });
      for (const { worker_id } of phases) left.delete(worker_id);
    }
    before = phases;
    return left.size === 0 ? phases : [...left.values(), ...phases];
  };
}
