import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../machines/worker.ts';
import {
  accepted,
  after,
  answer,
  asked,
  completed,
  exited,
  liveWorker,
  newWorker,
  result,
  resume,
  running,
  slot,
  started,
  starting,
  stateOf,
  step,
} from './worker-fixtures.ts';

describe('The time limit', () => {
  it('stops a turn that takes longer, waiting for permissions included', () => {
    const { clock, tell, state, actor } = liveWorker({ time_limit_seconds: 60 });
    tell(...running);
    clock.increment(30_000);
    tell(asked('one'));
    clock.increment(29_999);
    expect(state()).toBe('awaiting_permission');
    clock.increment(1);
    expect(state()).toBe('stopping');

    tell(exited());
    expect(actor.getSnapshot().context.failure?.reason).toBe('time_limit');
  });

  it('is counted anew for every turn, and only while one is under way', () => {
    const { clock, tell, state } = liveWorker({ time_limit_seconds: 60 });
    tell(...running, asked('one'), answer('one'));
    clock.increment(59_999);
    tell(result());
    clock.increment(3_600_000);
    tell(resume);
    clock.increment(3_600_000);
    tell(slot, accepted('prompt-2'));
    clock.increment(59_999);
    expect(state()).toBe('running');
    clock.increment(1);
    expect(state()).toBe('stopping');
  });

  it('is none where none was set', () => {
    const { clock, tell, state } = liveWorker({ time_limit_seconds: null });
    tell(...running);
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
    const { next, commands } = step(after(newWorker(), ...running), retried(status));
    expect(stateOf(next)).toBe('stopping');
    expect(commands).toEqual([{ to: 'process', type: 'INTERRUPT' }]);

    const ended = after(next, exited());
    expect(ended.context.failure?.reason).toBe('auth');
    expect(ended.context.failure?.hint).toContain('/login');
  });

  it.each([429, 529, null])('goes on when claude retries after %s', (status) => {
    const worker = after(newWorker(), ...running);

    expect(after(worker, retried(status))).toBe(worker);
  });

  it('is ended when its files can no longer be written, and says which', () => {
    const full: WorkerEvent = { type: 'STORAGE_FAILED', hint: 'The disk is full.' };

    for (const events of [starting, running, [...completed, exited(), resume, slot, started]]) {
      const { context } = after(newWorker(), ...events, full, exited());
      expect(context.failure).toMatchObject({ reason: 'crashed', hint: 'The disk is full.' });
    }
  });
});
