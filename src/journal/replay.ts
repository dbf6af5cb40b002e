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

/** The spec and the first prompt, from the record with which every journal begins. */
export function inputOf(record: JournalRecord | undefined): WorkerInput {
  if (record?.event.type !== 'SPAWNED') throw new Error('The journal does not begin with SPAWNED.');
  const { type: _, ...input } = record.event;
  // Written from a WorkerInput by the recorder; the journal's version names the shape.
  return input as unknown as WorkerInput;
}

/**
 * The snapshot after one more record; the first begins a worker.
 * @throws Error when the record says that the worker came into another state, or a later chart wrote it.
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

/** An event that the chart of its time dropped changed nothing, whatever this chart would do. */
const after = (snapshot: WorkerSnapshot, record: JournalRecord): WorkerSnapshot =>
  record.dropped || isNothingNew(snapshot, record)
    ? snapshot
    : workerMachine.transition(snapshot, eventFrom(record, stateText(snapshot.value)), stubScope);

/** Folds a journal through the machine that wrote it; nothing is carried out. */
export function* replay(records: Iterable<JournalRecord>): Generator<ReplayStep> {
  let snapshot: WorkerSnapshot | undefined;
  for (const record of records) {
    snapshot = nextSnapshot(snapshot, record);
    yield { record, snapshot };
  }
}

/** Most records are messages, and of a message the machine keeps the model only. */
function isNothingNew({ context }: WorkerSnapshot, { event }: JournalRecord): boolean {
  if (event.type !== 'MESSAGE_SEEN') return false;
  return event.model === null || event.model === context.model;
}

function eventFrom({ event, offset }: JournalRecord, state: string): WorkerEvent {
  const restored = offset === undefined ? event : { ...event, offset };
  return migrateEvent(restored, state) as unknown as WorkerEvent;
}
