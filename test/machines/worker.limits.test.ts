import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../machines/worker.ts';
import { having, liveWorker, newWorker, on, until } from './fixtures.ts';

describe('The time limit', () => {
  it('stops a turn that takes longer, with its waits for permissions', () => {
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

  it('starts again with every turn, and runs only during a turn', () => {
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
    ['was answered', [on.asked('one'), on.withdrawn('one'), on.result()]],
    ['failed', [on.exited()]],
    ['was stopped', [on.stop, on.exited()]],
  ])('of a turn that %s does not stop the next turn', (_, events) => {
    const { clock, send, state } = liveWorker({ time_limit_seconds: 60 });
    send(...until.running);
    clock.increment(30_000);
    send(...events, on.resume, on.slot, on.accepted('prompt-2'));
    clock.increment(59_999);

    expect(state()).toBe('running');
  });

  it('starts with TURN_OPENED also without PROMPT_ACCEPTED', () => {
    const { clock, send, state } = liveWorker({ time_limit_seconds: 60 });
    send(...until.starting, on.opened);
    clock.increment(60_000);

    expect(state()).toBe('stopping');
  });

  it('does not exist when it is null', () => {
    const { clock, send, state } = liveWorker({ time_limit_seconds: null });
    send(...until.running);
    clock.increment(365 * 24 * 3_600_000);

    expect(state()).toBe('running');
  });
});

describe('A turn that cannot continue', () => {
  const retried = (status: number | null): WorkerEvent => ({
    ...{ type: 'API_RETRIED', attempt: 1, error: '' },
    status,
  });

  it.each([401, 403, 429, 529, null])('is not stopped when claude retries after %s', (status) => {
    const worker = having(newWorker(), ...until.running);

    expect(having(worker, retried(status))).toBe(worker);
  });

  it('is stopped with auth where an older journal says so', () => {
    const stop = { type: 'STOP', reason: 'auth' } as const;
    const ended = having(newWorker(), ...until.running, stop, on.exited());
    expect(ended.context.failure?.reason).toBe('auth');
    expect(ended.context.failure?.hint).toContain('/login');
  });

  it('is stopped when its files cannot be written any more, and fails with that hint', () => {
    const asking = [...until.running, on.asked('one')];
    const resuming = until.resumedStarting;
    for (const events of [until.starting, until.running, asking, resuming]) {
      const { context } = having(newWorker(), ...events, on.storageFailed, on.exited());
      expect(context.failure).toMatchObject({ reason: 'crashed', hint: 'The disk is full.' });
    }
  });
});
