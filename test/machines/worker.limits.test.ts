import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../machines/worker.ts';
import { having, liveWorker, newWorker, on, stateOf, step, until } from './fixtures.ts';

describe('The time limit', () => {
  it('stops a turn that takes longer, waiting for permissions included', () => {
    const { clock, send, state, actor } = liveWorker({ time_limit_seconds: 60 });
    send(...until.running);
    clock.increment(30_000);
    send(on.asked('one'));
    clock.increment(29_999);
    expect(state()).toBe('awaiting_permission');
    clock.increment(1);
    expect(state()).toBe('stopping');

    send(on.exited());
    expect(actor.getSnapshot().context.failure?.reason).toBe('time_limit');
  });

  it('is counted anew for every turn, and only while one is under way', () => {
    const { clock, send, state } = liveWorker({ time_limit_seconds: 60 });
    send(...until.running, on.asked('one'), on.answer('one'));
    clock.increment(59_999);
    send(on.result());
    clock.increment(3_600_000);
    send(on.resume);
    clock.increment(3_600_000);
    send(on.slot, on.accepted('prompt-2'));
    clock.increment(59_999);
    expect(state()).toBe('running');
    clock.increment(1);
    expect(state()).toBe('stopping');
  });

  it.each<[string, WorkerEvent[]]>([
    ['was answered', [on.result()]],
    ['was answered while a request was open', [on.asked('one'), on.result()]],
    ['failed', [on.exited()]],
    ['was stopped', [on.stop, on.exited()]],
  ])('of a turn that %s is not that of the next one', (_, events) => {
    const { clock, send, state } = liveWorker({ time_limit_seconds: 60 });
    send(...until.running);
    clock.increment(30_000);
    send(...events, on.resume, on.slot, on.accepted('prompt-2'));
    clock.increment(59_999);

    expect(state()).toBe('running');
  });

  it('begins with the turn, whatever tells of it', () => {
    const { clock, send, state } = liveWorker({ time_limit_seconds: 60 });
    send(...until.starting, on.opened);
    clock.increment(60_000);

    expect(state()).toBe('stopping');
  });

  it('is none where none was set', () => {
    const { clock, send, state } = liveWorker({ time_limit_seconds: null });
    send(...until.running);
    clock.increment(365 * 24 * 3_600_000);

    expect(state()).toBe('running');
  });
});

describe('A turn that cannot go on', () => {
  const retried = (status: number | null): WorkerEvent => ({
    ...{ type: 'API_RETRIED', attempt: 1, error: '' },
    status,
  });

  it.each([401, 403])('is ended when the API refuses the credentials with %i', (status) => {
    const { next, commands } = step(having(newWorker(), ...until.running), retried(status));
    expect(stateOf(next)).toBe('stopping');
    expect(commands).toEqual([{ to: 'process', type: 'INTERRUPT' }]);

    const ended = having(next, on.exited());
    expect(ended.context.failure?.reason).toBe('auth');
    expect(ended.context.failure?.hint).toContain('/login');
  });

  it.each([429, 529, null])('goes on when claude retries after %s', (status) => {
    const worker = having(newWorker(), ...until.running);

    expect(having(worker, retried(status))).toBe(worker);
  });

  it('is ended when its files can no longer be written, and says which', () => {
    const asking = [...until.running, on.asked('one')];
    const resuming = until.resumedStarting;
    for (const events of [until.starting, until.running, asking, resuming]) {
      const { context } = having(newWorker(), ...events, on.storageFailed, on.exited());
      expect(context.failure).toMatchObject({ reason: 'crashed', hint: 'The disk is full.' });
    }
  });
});
