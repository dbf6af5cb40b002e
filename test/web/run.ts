import fc from 'fast-check';
import type { WorkerEvent } from '../../machines/worker.ts';
import type { PageSnapshot, Step, WorkerView } from '../../src/projection/contract.ts';
import { foldAll } from '../../src/projection/fold.ts';
import { workerId } from '../src/fixtures.ts';
import { createRecorded } from '../src/journal/actor.ts';
import { workerEvents } from '../src/journal/events.ts';

/** The run of a worker as the server sends it: all steps, and what they add up to. */
export interface Run {
  id: string;
  steps: Step[];
  /** The server's view after the first `count` steps. */
  viewAfter(count: number): WorkerView;
  /** The snapshot that the server takes after the first `count` steps. */
  snapshotAfter(count: number): PageSnapshot;
}

/** Plays events on a real worker; a number is a time in milliseconds that passes. */
export function playRun(events: (WorkerEvent | number)[], number = 1): Run {
  const id = workerId(number);
  const recorded = createRecorded();
  for (const event of events) {
    if (typeof event === 'number') recorded.clock.increment(event);
    else recorded.send(event);
  }
  // As JSON, because the page reads JSON, and under the id of this worker.
  const records: typeof recorded.records = JSON.parse(
    JSON.stringify(recorded.records).replaceAll(workerId(), id),
  );
  const after = (count: number) => {
    const { fold } = foldAll(records.slice(0, count), 'ours');
    if (!fold) throw new Error('A run has at least one step.');
    return sent({ view: fold.view, lane: fold.lane });
  };
  return {
    id,
    steps: sent(foldAll(records, 'ours').steps),
    viewAfter: (count) => after(count).view,
    snapshotAfter(count) {
      const { view, lane } = after(count);
      return snapshot({ workers: [view], lanes: { [id]: lane } });
    },
  };
}

/** A snapshot of a recorded run, in which the clock stands still. */
export function snapshot(fields: Partial<PageSnapshot> = {}): PageSnapshot {
  return {
    ...{ mode: 'recorded', cursor: 'ring:0', now: 1_000, title: '/logs' },
    ...{ supervisor: null, workers: [], lanes: {}, ...fields },
  };
}

/** Any run of a worker. */
export const anyRun = fc
  .array(
    fc.oneof({ arbitrary: workerEvents, weight: 5 }, { arbitrary: fc.nat(20_000), weight: 1 }),
    { maxLength: 30 },
  )
  .map((events) => playRun(events));

/** Any run, and a number of steps in it: at least one. */
export const anyMoment = anyRun.chain((run) =>
  fc.record({ run: fc.constant(run), count: fc.integer({ min: 1, max: run.steps.length }) }),
);

/** A usual turn of the nth worker: it starts, writes two messages, asks for a permission and ends. */
export const usualTurn = (number = 1): Run =>
  playRun(
    [
      { type: 'INITIALIZED', agents: [] },
      500,
      { type: 'TURN_OPENED', model: 'claude-x', offset: 10 },
      500,
      { type: 'MESSAGE_SEEN', role: 'assistant', brief: 'Hello.', model: null, offset: 20 },
      { type: 'MESSAGE_SEEN', role: 'assistant', brief: 'I list.', model: null, offset: 30 },
      500,
      {
        ...{ type: 'PERMISSION_ASKED', offset: 40 },
        request: {
          ...{ request_id: 'r1', cli_id: 'c1', tool: 'Bash', input: { command: 'ls' } },
          suggestions: [],
        },
      },
      500,
      { type: 'EXITED', reason: 'crashed', hint: 'It is gone.', returncode: 1 },
    ],
    number,
  );

const sent = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));
