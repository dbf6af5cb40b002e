import { describe, expect, it } from 'vitest';
import { createActor, SimulatedClock } from 'xstate';
import { supervisorMachine } from '../../machines/supervisor.ts';
import { type WorkerEvent, workerMachine } from '../../machines/worker.ts';
import { newWorker, on, stateOf, until, type WorkerSnapshot } from './fixtures.ts';

/** Starts a supervisor with workers of the real chart. Their processes do nothing. */
function superviseWorkers(slots: number, ...worker_ids: string[]) {
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
  // The supervisor spawns its children from the worker machine above.
  const state = (worker_id: string) =>
    stateOf(supervisor.getSnapshot().children[worker_id]?.getSnapshot() as WorkerSnapshot);
  return { supervisor, context, send, state };
}

const up = until.running.filter((event) => event !== on.slot);

describe('Workers and their supervisor', () => {
  it('share the slots: a worker frees its slot with its turn, and asks again for the next turn', () => {
    const { send, state, context } = superviseWorkers(1, 'a', 'b');
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
  ])('count the slot of a worker that is adopted while it is %s', (_, events) => {
    const { supervisor, send, context } = superviseWorkers(1, 'a');
    send('a', ...events);
    // Like a new supervisor, which knows no slots yet.
    supervisor.send({ type: 'SLOT_FREED', worker_id: 'a' });
    send('a', on.adopt);

    expect(context()).toMatchObject({ busy: ['a'], queue: [] });
  });

  it('remove a stopped worker from the queue', () => {
    const { send, state, context } = superviseWorkers(1, 'a', 'b', 'c');
    send('b', on.stop);

    expect([state('b'), context().queue]).toEqual(['failed', ['c']]);
  });

  it('drain until the last worker is settled and its process has exited', () => {
    const { supervisor, send, state } = superviseWorkers(1, 'a', 'b');
    send('a', on.started);
    supervisor.send({ type: 'DRAIN' });
    expect([state('a'), state('b')]).toEqual(['stopping', 'failed']);
    expect(supervisor.getSnapshot().value).toBe('draining');

    send('a', on.exited());
    expect(supervisor.getSnapshot().value).toBe('drained');
  });

  it('drain without a turn that is requested during the drain', () => {
    const { supervisor, send, state } = superviseWorkers(2, 'a', 'b');
    send('b', ...up, on.result(), on.exited());
    supervisor.send({ type: 'DRAIN' });
    send('b', on.resume);
    expect(state('b')).toBe('failed');

    send('a', on.exited());
    expect(supervisor.getSnapshot().value).toBe('drained');
  });
});
