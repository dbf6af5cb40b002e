import type { WorkerContext } from '../../machines/worker.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { Workers } from './workers.ts';

export interface EvictionDeps {
  /** How many processes may exist at once, running and idle together. */
  most: number;
  isMemoryShort(): boolean;
}

/** True while work goes on in the background, or `claude` is about to open a turn about it. */
const isBusy = ({ tasks, owes_turn, session_state }: WorkerContext): boolean =>
  tasks.length > 0 || owes_turn || session_state === 'running';

/** The events that give a settled worker a process, or take its process away. */
const processEvents = new Set(['ADOPT', 'EXITED', 'TASKS_CHANGED', 'SESSION_CHANGED']);

/**
 * Ends idle processes of settled workers, the least recently used first: when running workers need
 * the room, and when memory is short. A follow-up then starts a new process.
 */
export function evictIdle(workers: Workers, { most, isMemoryShort }: EvictionDeps): void {
  /** The settled workers that have a process, in the order in which they settled. */
  const idle = new Set<string>();

  const update = ({ worker, to }: JournalRecord) => {
    idle.delete(worker);
    const isSettled = to === 'completed' || to === 'failed';
    const context = workers.find(worker)?.getSnapshot().context;
    if (isSettled && context?.process && !isBusy(context)) idle.add(worker);
  };
  const excess = () => {
    if (isMemoryShort()) return idle.size;
    const { busy } = workers.supervisor.getSnapshot().context;
    return Math.max(0, busy.length + idle.size - most);
  };
  const makeRoom = () => {
    if (idle.size === 0) return;
    for (const worker_id of [...idle].slice(0, excess())) {
      idle.delete(worker_id);
      workers.find(worker_id)?.send({ type: 'RELEASE' });
    }
  };
  workers.onRecord((record) => {
    if (record.from === record.to && !processEvents.has(record.event.type)) return;
    // A record is made while its actor still handles the event.
    queueMicrotask(() => {
      update(record);
      makeRoom();
    });
  });
}
