import { describe, expect, it } from 'vitest';
import { apiError, having, liveWorker, newWorker, on, stateOf, step, until } from './fixtures.ts';

/** A worker whose `claude` tells what its session does. */
const telling = having(newWorker(), ...until.running, on.session('running'));
const own = on.result({ origin: 'task-notification', prompt_ids: [], cost_usd: 0.25 });

describe('A worker has settled', () => {
  it('when its session is idle after the result, and not before', () => {
    const ended = having(telling, on.result());
    expect(stateOf(ended)).toBe('running.background');
    expect(stateOf(having(ended, on.session('idle')))).toBe('completed');
    const failed = having(telling, on.result({ failure: apiError }), on.session('idle'));
    expect([stateOf(failed), failed.context.failure]).toEqual(['failed', apiError]);
  });

  it('at the result, where claude tells nothing about its session', () => {
    expect(stateOf(having(newWorker(), ...until.running, on.result()))).toBe('completed');
  });

  it('not while an agent works, also where claude tells nothing about its session', () => {
    const { clock, send, state } = liveWorker();
    send(...until.running, on.tasks('local_agent'), on.result());
    clock.increment(300_000);
    expect(state()).toBe('running.background');
    send(on.tasks());
    clock.increment(3_000);
    expect(state()).toBe('completed');
  });

  it('while a command works in the background, unless it is to be waited for', () => {
    const work = [on.session('running'), on.tasks('local_bash'), on.result(), on.session('idle')];
    expect(stateOf(having(newWorker(), ...until.running, ...work))).toBe('completed');
    const waiting = newWorker({ options: { background: 'wait' } });
    const ended = having(waiting, ...until.running, ...work);
    expect(stateOf(ended)).toBe('running.background');
  });

  it('a moment after a task has ended of which claude tells its model nothing', () => {
    const { clock, send, state } = liveWorker();
    send(...until.running, on.session('running'), on.tasks('local_agent'), on.result());
    send(on.taskEnded, on.tasks(), on.session('idle'));
    expect(state()).toBe('running.background');
    clock.increment(3_000);
    expect(state()).toBe('completed');
  });

  it('at once when its model was told of the ended task inside the turn', () => {
    const told = [
      on.tasks('local_bash'),
      on.taskEnded,
      on.tasks(),
      { type: 'TASKS_TOLD' } as const,
    ];
    expect(stateOf(having(telling, ...told, on.result(), on.session('idle')))).toBe('completed');
  });

  it('also when the line about its idle session is lost', () => {
    const { clock, send, state } = liveWorker();
    send(...until.running, on.session('running'), on.result());
    clock.increment(60_000);
    expect(state()).toBe('completed');
  });
});

describe('A turn that claude opens by itself', () => {
  const settled = having(telling, on.result(), on.session('idle'), on.saved, on.delivered);

  it('is a turn of a settled worker, which is delivered again', () => {
    const opened = having(settled, on.session('running'), on.opened);
    expect(stateOf(opened)).toBe('running');
    expect(opened.context).toMatchObject({ turn: 2, delivered: false, saved: false, slot: 'held' });
    const ended = step(having(opened, own), on.session('idle'));
    expect(stateOf(ended.next)).toBe('completed');
    expect(ended.commands).toMatchObject([{ type: 'SAVE', turn: 2 }]);
    expect(ended.next.context.totals.cost_usd).toBeCloseTo(0.75);
  });

  it('can fail, and then the worker has failed', () => {
    const failing = on.result({ failure: apiError, origin: 'task-notification', prompt_ids: [] });
    const ended = having(settled, on.opened, failing, on.session('idle'));
    expect([stateOf(ended), ended.context.failure]).toEqual(['failed', apiError]);
  });

  it('ends no turn of a prompt, in a running turn and at the start of a follow-up', () => {
    expect(stateOf(having(telling, own))).toBe('running');
    const empty = on.result({ origin: 'task-notification', prompt_ids: [], cost_usd: 0 });
    const starting = having(
      newWorker(),
      ...until.resumedStarting,
      on.initialized,
      on.opened,
      empty,
    );
    expect(stateOf(starting)).toBe('resumed.starting');
    const running = having(starting, on.accepted('prompt-2'), on.opened);
    expect(stateOf(having(running, on.result({ prompt_ids: ['prompt-2'] })))).toBe('completed');
  });
});

describe('Work in the background that ends with its process', () => {
  const working = having(telling, on.tasks('local_agent', 'local_bash'), on.result());

  it('is named when the process exits, and the answer of the turn counts', () => {
    const { context, ...next } = having(working, on.exited());
    expect(next.value).toBe('completed');
    expect(context.ended_tasks.map(({ type }) => type)).toEqual(['local_agent', 'local_bash']);
    expect(context.tasks).toEqual([]);
  });

  it('is named once when the worker is stopped, although claude ends its agents first', () => {
    const stopped = having(working, on.stop, on.tasks('local_bash'), on.exited());
    expect(stateOf(stopped)).toBe('failed');
    expect(stopped.context.ended_tasks).toHaveLength(2);
    expect(having(stopped, on.resume).context.ended_tasks).toEqual([]);
  });
});
