import { describe, expect, it } from 'vitest';
import { createActor, SimulatedClock } from 'xstate';
import { supervisorMachine } from '../../machines/supervisor.ts';
import { type WorkerEvent, workerMachine } from '../../machines/worker.ts';
import { newWorker, on, stateOf, until, type WorkerSnapshot } from './fixtures.ts';

/** The two charts together, with processes that do nothing by themselves. */
function startWorkers(slots: number, ...worker_ids: string[]) {
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
  const send = (worker_id: string, ...events: WorkerEvent[]) => {
    for (const event of events) supervisor.getSnapshot().children[worker_id]?.send(event);
  };
  // The supervisor's children are the worker machine that was provided above.
  const state = (worker_id: string) =>
    stateOf(supervisor.getSnapshot().children[worker_id]?.getSnapshot() as WorkerSnapshot);
  return { supervisor, context, send, state };
}

const up = until.running.filter((event) => event !== on.slot);

describe('Workers and their supervisor', () => {
  it('share the slots: who ends a turn makes room, and asks again for the next', () => {
    const { send, state, context } = startWorkers(1, 'a', 'b');
    expect([state('a'), state('b')]).toEqual(['spawning.starting', 'spawning.queued']);

    send('a', ...up, on.result());
    expect([state('a'), state('b')]).toEqual(['completed', 'spawning.starting']);

    send('a', on.resume);
    expect(context()).toMatchObject({ busy: ['b'], queue: ['a'] });
    send('b', ...up, on.exited());
    expect(context()).toMatchObject({ busy: ['a'], queue: [] });
    send('a', on.accepted('prompt-2'));
    expect(state('a')).toBe('running');
  });

  it.each<[string, WorkerEvent[]]>([
    ['starting', []],
    ['running', up],
    ['asking', [...up, on.asked('one')]],
    ['stopping', [...up, on.stop]],
    ['resuming', [...up, on.result(), on.resume]],
  ])('count the slot of a worker that is taken over while it is %s', (_, events) => {
    const { supervisor, send, context } = startWorkers(1, 'a');
    send('a', ...events);
    // As a supervisor that has only just come up, and was told nothing yet.
    supervisor.send({ type: 'SLOT_FREED', worker_id: 'a' });
    send('a', on.adopt);

    expect(context()).toMatchObject({ busy: ['a'], queue: [] });
  });

  it('give the place in the queue up with the turn', () => {
    const { send, state, context } = startWorkers(1, 'a', 'b', 'c');
    send('b', on.stop);

    expect([state('b'), context().queue]).toEqual(['failed', ['c']]);
  });

  it('drain until the last worker has settled, with its process gone', () => {
    const { supervisor, send, state } = startWorkers(1, 'a', 'b');
    send('a', on.started);
    supervisor.send({ type: 'DRAIN' });
    expect([state('a'), state('b')]).toEqual(['stopping', 'failed']);
    expect(supervisor.getSnapshot().value).toBe('draining');

    send('a', on.exited());
    expect(supervisor.getSnapshot().value).toBe('drained');
  });

  it('drain without waiting for a turn that is only asked for now', () => {
    const { supervisor, send, state } = startWorkers(2, 'a', 'b');
    send('b', ...up, on.result(), on.exited());
    supervisor.send({ type: 'DRAIN' });
    send('b', on.resume);
    expect(state('b')).toBe('failed');

    send('a', on.exited());
    expect(supervisor.getSnapshot().value).toBe('drained');
  });
});
