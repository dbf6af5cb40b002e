import { createActor, type InspectionEvent, SimulatedClock } from 'xstate';
import { supervisorMachine } from '../../../machines/supervisor.ts';
import { type WorkerEvent, type WorkerInput, workerMachine } from '../../../machines/worker.ts';
import type { JournalRecord } from '../../../src/journal/journal.ts';
import { createRecorder } from '../../../src/journal/recorder.ts';
import type { WorkerActor } from '../../../src/workers/worker-actor.ts';
import { workerSpec } from '../fixtures.ts';

/** Starts a worker machine under a supervisor, on a simulated clock and with a recorder. */
export function createRecorded({
  slots = 1,
  input = { spec: workerSpec(), prompt: { id: 'p1', text: 'Do it.' } },
  logic = workerMachine,
  recordsOf = 0,
  onRecord,
}: {
  slots?: number;
  input?: WorkerInput | object;
  logic?: typeof workerMachine;
  recordsOf?: number;
  onRecord?: (record: JournalRecord) => void;
} = {}) {
  const clock = new SimulatedClock();
  const records: JournalRecord[] = [];
  const warnings: string[] = [];
  const { worker_id } = workerSpec();
  /** The snapshot of the actor after each record. */
  const snapshots: unknown[] = [];
  let latest: unknown;
  const recorder = createRecorder({
    now: () => clock.now(),
    workerOf: (actor_id) => (actor_id === '0' ? worker_id : ''),
    recordsOf: () => recordsOf,
    onRecord(record) {
      records.push(record);
      snapshots.push(latest);
      onRecord?.(record);
    },
    warn: (message) => warnings.push(message),
  });
  const inspect = (inspected: InspectionEvent) => {
    if (inspected.type === '@xstate.snapshot') latest = inspected.snapshot;
    recorder(inspected);
  };
  const supervisor = createActor(supervisorMachine.provide({ actors: { worker: logic } }), {
    ...{ systemId: 'supervisor', input: { slots }, clock, inspect },
  }).start();
  supervisor.send({ type: 'SPAWN', worker_id, actor_id: '0', input });
  // The supervisor spawns its children from the logic above only.
  const actor = supervisor.getSnapshot().children['0'] as WorkerActor;
  const send = (...events: WorkerEvent[]) => {
    for (const event of events) actor.send(event);
  };
  return { actor, supervisor, clock, records, snapshots, warnings, send };
}
