import { initialTransition, type SnapshotFrom, transition } from 'xstate';
import { type WorkerEvent, type WorkerInput, workerMachine } from '../../machines/worker.ts';
import type { JournalRecord } from '../store/journal.ts';

export type WorkerSnapshot = SnapshotFrom<typeof workerMachine>;

/** One record and the snapshot after it. */
export interface ReplayStep {
  record: JournalRecord;
  snapshot: WorkerSnapshot;
}

/** The spec and the first prompt, from the record with which every journal begins. */
export function birthOf(record: JournalRecord | undefined): WorkerInput {
  if (record?.event.type !== 'SPAWNED') throw new Error('The journal does not begin with SPAWNED.');
  const { type: _, ...input } = record.event;
  // Written from a WorkerInput by the recorder; the journal's version names the shape.
  return input as unknown as WorkerInput;
}

/** The snapshot after one more record; the first begins a worker. */
export function nextSnapshot(
  snapshot: WorkerSnapshot | undefined,
  record: JournalRecord,
): WorkerSnapshot {
  const [next] = snapshot
    ? transition(logicAt(snapshot), snapshot, eventFrom(record))
    : initialTransition(workerMachine, birthOf(record));
  return next;
}

/** Folds a journal through the machine that wrote it; nothing is carried out. */
export function* replay(records: JournalRecord[]): Generator<ReplayStep> {
  let snapshot: WorkerSnapshot | undefined;
  for (const record of records) {
    snapshot = nextSnapshot(snapshot, record);
    yield { record, snapshot };
  }
}

/**
 * XState makes an actor for every transition, and begins its logic from nothing for it: with this,
 * from the snapshot that there is.
 */
function logicAt(snapshot: WorkerSnapshot): typeof workerMachine {
  return Object.assign(Object.create(workerMachine), { getInitialSnapshot: () => snapshot });
}

function eventFrom({ event, offset }: JournalRecord): WorkerEvent {
  const restored = offset === undefined ? event : { ...event, offset };
  return restored as unknown as WorkerEvent;
}
