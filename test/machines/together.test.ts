import { describe, expect, it } from 'vitest';
import { createActor, SimulatedClock } from 'xstate';
import { supervisorMachine } from '../../machines/supervisor.ts';
import { type WorkerEvent, workerMachine } from '../../machines/worker.ts';
import {
  accepted,
  asked,
  exited,
  newWorker,
  result,
  resume,
  running,
  slot,
  started,
  stateOf,
  type WorkerSnapshot,
} from './worker-fixtures.ts';

/** The two charts together, with processes that do nothing by themselves. */
function fleetOf(slots: number, ...worker_ids: string[]) {
  const clock = new SimulatedClock();
  const machine = supervisorMachine.provide({ actors: { worker: workerMachine } });
  const supervisor = createActor(machine, {
    ...{ systemId: 'supervisor', input: { slots }, clock },
  }).start();
  const { spec } = newWorker().context;
  for (const worker_id of worker_ids) {
    const input = { spec: { ...spec, worker_id }, prompt: { id: 'prompt-1', text: 'Hello.' } };
    supervisor.send({ type: 'SPAWN', worker_id, actor_id: worker_id, input });
  }
  const context = () => supervisor.getSnapshot().context;
  const tell = (worker_id: string, ...events: WorkerEvent[]) => {
    for (const event of events) supervisor.getSnapshot().children[worker_id]?.send(event);
  };
  // The supervisor's children are the worker machine that was provided above.
  const state = (worker_id: string) =>
    stateOf(supervisor.getSnapshot().children[worker_id]?.getSnapshot() as WorkerSnapshot);
  return { supervisor, context, tell, state };
}

const up = running.filter((event) => event !== slot);

describe('Workers and their supervisor', () => {
  it('share the slots: who ends a turn makes room, and asks again for the next', () => {
    const { tell, state, context } = fleetOf(1, 'a', 'b');
    expect([state('a'), state('b')]).toEqual(['spawning.starting', 'spawning.queued']);

    tell('a', ...up, result());
    expect([state('a'), state('b')]).toEqual(['completed', 'spawning.starting']);

    tell('a', resume);
    expect(context()).toMatchObject({ busy: ['b'], queue: ['a'] });
    tell('b', ...up, exited());
    expect(context()).toMatchObject({ busy: ['a'], queue: [] });
    tell('a', accepted('prompt-2'));
    expect(state('a')).toBe('running');
  });

  it.each<[string, WorkerEvent[]]>([
    ['starting', []],
    ['running', up],
    ['asking', [...up, asked('one')]],
    ['stopping', [...up, { type: 'STOP' }]],
    ['resuming', [...up, result(), resume]],
  ])('count the slot of a worker that is taken over while it is %s', (_, events) => {
    const { supervisor, tell, context } = fleetOf(1, 'a');
    tell('a', ...events);
    // As a supervisor that has only just come up, and was told nothing yet.
    supervisor.send({ type: 'SLOT_FREED', worker_id: 'a' });
    tell('a', { type: 'ADOPT', owner: 'another server' });

    expect(context()).toMatchObject({ busy: ['a'], queue: [] });
  });

  it('give the place in the queue up with the turn', () => {
    const { tell, state, context } = fleetOf(1, 'a', 'b', 'c');
    tell('b', { type: 'STOP' });

    expect([state('b'), context().queue]).toEqual(['failed', ['c']]);
  });

  it('drain until the last worker has settled, with its process gone', () => {
    const { supervisor, tell, state } = fleetOf(1, 'a', 'b');
    tell('a', started);
    supervisor.send({ type: 'DRAIN' });
    expect([state('a'), state('b')]).toEqual(['stopping', 'failed']);
    expect(supervisor.getSnapshot().value).toBe('draining');

    tell('a', exited());
    expect(supervisor.getSnapshot().value).toBe('drained');
  });

  it('drain without waiting for a turn that is only asked for now', () => {
    const { supervisor, tell, state } = fleetOf(2, 'a', 'b');
    tell('b', ...up, result(), exited());
    supervisor.send({ type: 'DRAIN' });
    tell('b', resume);
    expect(state('b')).toBe('failed');

    tell('a', exited());
    expect(supervisor.getSnapshot().value).toBe('drained');
  });
});
