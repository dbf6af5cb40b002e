import { expect, it } from 'vitest';
import { createActor, type EventFrom, fromCallback, type SnapshotFrom, transition } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import { supervisorMachine } from '../../machines/supervisor.ts';

type Supervisor = SnapshotFrom<typeof supervisorMachine>;

const machine = supervisorMachine.provide({ actors: { worker: fromCallback(() => {}) } });

/** Everything that two workers can do to a supervisor with one slot. */
const events: EventFrom<typeof supervisorMachine>[] = [
  { type: 'DRAIN' },
  ...['a', 'b'].flatMap((worker_id): EventFrom<typeof supervisorMachine>[] => [
    { type: 'SPAWN', worker_id, birth: {} },
    { type: 'SLOT_WANTED', worker_id },
    { type: 'SLOT_FREED', worker_id },
    { type: 'SLOT_KEPT', worker_id },
    { type: 'REMOVE', worker_id },
  ]),
];

const booksOf = ({ value, context: { workers, queue, busy } }: Supervisor) =>
  JSON.stringify([value, workers, queue, busy]);

it('every book that two workers can make of a supervisor is in order', () => {
  const paths = getShortestPaths(machine, {
    input: { slots: 1 },
    events,
    serializeState: (snapshot) => booksOf(snapshot),
  });
  const states = new Set(paths.map(({ state }) => String(state.value)));
  expect(states).toEqual(new Set(['open', 'draining', 'drained']));
  expect(paths.length).toBeGreaterThan(40);
  for (const { state } of paths) {
    const { workers, queue, busy } = state.context;
    const all = [...queue, ...busy];
    expect(new Set(all).size, booksOf(state)).toBe(all.length);
    expect(workers).toEqual(expect.arrayContaining(all));
    // A slot that is free while somebody waits for it would be lost for ever.
    if (state.matches('open') && queue.length > 0) expect(busy.length).toBeGreaterThan(0);
  }
});

it('a supervisor takes each of these events in each of its states without breaking', () => {
  const paths = getShortestPaths(machine, { input: { slots: 1 }, events, serializeState: booksOf });
  for (const { state } of paths) {
    for (const event of events) expect(transition(machine, state, event)[0].status).toBe('active');
  }
  const actor = createActor(machine, { input: { slots: 1 } }).start();
  for (const event of events) actor.send(event);
  expect(actor.getSnapshot().status).toBe('active');
});
