import type { SnapshotFrom } from 'xstate';
import { isSameState, migrateEvent } from '../../machines/migrations.ts';
import {
  chartVersion,
  type WorkerEvent,
  type WorkerInput,
  workerMachine,
} from '../../machines/worker.ts';
import type { JournalRecord } from './journal.ts';
import { stateText } from './state-text.ts';
import { stubScope } from './xstate-internals.ts';

export type WorkerSnapshot = SnapshotFrom<typeof workerMachine>;

/** One record and the snapshot after it. */
export interface ReplayStep {
  record: JournalRecord;
  snapshot: WorkerSnapshot;
}

/** Returns the worker's input, the spec and the first prompt, from the first record of its journal. */
export function inputOf(record: JournalRecord | undefined): WorkerInput {
  if (record?.event.type !== 'SPAWNED') throw new Error('The journal does not begin with SPAWNED.');
  const { type: _, ...input } = record.event;
  // The recorder writes SPAWNED from a WorkerInput.
  return input as unknown as WorkerInput;
}

/**
 * Returns the snapshot after one more record. The first record starts from no snapshot.
 * @throws Error when the record names another state than the replay, or a later chart wrote it.
 */
export function nextSnapshot(
  snapshot: WorkerSnapshot | undefined,
  record: JournalRecord,
): WorkerSnapshot {
  if (record.chart !== undefined && record.chart > chartVersion) {
    throw new Error(
      `Record ${record.seq} of the journal was written by chart ${record.chart}, and this program knows the charts up to ${chartVersion}; use the program that wrote it, or a later one.`,
    );
  }
  const next = snapshot ? after(snapshot, record) : initialSnapshot(record);
  const state = stateText(next.value);
  if (!isSameState(record.to, state)) {
    throw new Error(
      `Record ${record.seq} of the journal leads to ${record.to}, and its replay to ${state}: the journal is damaged, so the state of the worker is not known; read its history file, or spawn a new worker.`,
    );
  }
  return next;
}

const initialSnapshot = (record: JournalRecord): WorkerSnapshot =>
  workerMachine.getInitialSnapshot(stubScope, inputOf(record));

/** A dropped event changed nothing, even if this chart has a transition for it. */
const after = (snapshot: WorkerSnapshot, record: JournalRecord): WorkerSnapshot =>
  record.dropped || changesNothing(snapshot, record)
    ? snapshot
    : workerMachine.transition(snapshot, eventFrom(record, stateText(snapshot.value)), stubScope);

/** Replays a journal through the machine. No action is carried out. */
export function* replay(records: Iterable<JournalRecord>): Generator<ReplayStep> {
  let snapshot: WorkerSnapshot | undefined;
  for (const record of records) {
    snapshot = nextSnapshot(snapshot, record);
    yield { record, snapshot };
  }
}

/** True if the record cannot change the worker. Of a message, the machine keeps only the model. */
function changesNothing({ context }: WorkerSnapshot, { event }: JournalRecord): boolean {
  if (event.type !== 'MESSAGE_SEEN') return false;
  return event.model === null || event.model === context.model;
}

function eventFrom({ event, offset, to }: JournalRecord, state: string): WorkerEvent {
  const restored = offset === undefined ? event : { ...event, offset };
  // The recorder copies a WorkerEvent; migrateEvent returns the event of this chart.
  return migrateEvent(restored, state, to) as unknown as WorkerEvent;
}
