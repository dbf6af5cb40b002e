import type { JournalRecord } from '../journal/journal.ts';
import type { Fleet } from './workers.ts';

/** What decides how many processes may stay after their turn. */
export interface EvictionDeps {
  /** Processes there may be at once, at work and kept together. */
  most: number;
  isMemoryShort(): boolean;
}

/**
 * Lets the processes of settled workers go before their time, the least recently used first: when
 * workers at work need the room, and when memory is short. A follow-up then starts a new one.
 */
export function letKeptGo(fleet: Fleet, { most, isMemoryShort }: EvictionDeps): void {
  /** In the order in which they settled. */
  const kept = new Set<string>();

  const note = ({ worker, to }: JournalRecord) => {
    kept.delete(worker);
    const isSettled = to === 'completed' || to === 'failed';
    if (isSettled && fleet.worker(worker)?.getSnapshot().context.process) kept.add(worker);
  };
  const makeRoom = () => {
    if (kept.size === 0) return;
    const { busy } = fleet.supervisor.getSnapshot().context;
    const excess = isMemoryShort() ? kept.size : busy.length + kept.size - most;
    for (const worker_id of [...kept].slice(0, Math.max(0, excess))) {
      kept.delete(worker_id);
      fleet.worker(worker_id)?.send({ type: 'RELEASE' });
    }
  };
  fleet.onRecord((record) => {
    if (record.from === record.to && !movesProcess.has(record.event.type)) return;
    // A record is made while its actor is still at it.
    queueMicrotask(() => {
      note(record);
      makeRoom();
    });
  });
}

/** The events that give a settled worker a process or take it away. */
const movesProcess = new Set(['ADOPT', 'EXITED']);
