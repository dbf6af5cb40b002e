import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../machines/worker.ts';
import {
  accepted,
  answer,
  asked,
  completed,
  exited,
  having,
  liveWorker,
  newWorker,
  opened,
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

  it.each<[string, WorkerEvent[]]>([
    ['was answered', [result()]],
    ['was answered while a request was open', [asked('one'), result()]],
    ['failed', [exited()]],
    ['was stopped', [{ type: 'STOP' }, exited()]],
  ])('of a turn that %s is not that of the next one', (_, events) => {
    const { clock, tell, state } = liveWorker({ time_limit_seconds: 60 });
    tell(...running);
    clock.increment(30_000);
    tell(...events, resume, slot, accepted('prompt-2'));
    clock.increment(59_999);

    expect(state()).toBe('running');
  });

  it('begins with the turn, whatever tells of it', () => {
    const { clock, tell, state } = liveWorker({ time_limit_seconds: 60 });
    tell(...starting, opened);
    clock.increment(60_000);

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
    const { next, commands } = step(having(newWorker(), ...running), retried(status));
    expect(stateOf(next)).toBe('stopping');
    expect(commands).toEqual([{ to: 'process', type: 'INTERRUPT' }]);

    const ended = having(next, exited());
    expect(ended.context.failure?.reason).toBe('auth');
    expect(ended.context.failure?.hint).toContain('/login');
  });

  it.each([429, 529, null])('goes on when claude retries after %s', (status) => {
    const worker = having(newWorker(), ...running);

    expect(having(worker, retried(status))).toBe(worker);
  });

  it('is ended when its files can no longer be written, and says which', () => {
    const full: WorkerEvent = { type: 'STORAGE_FAILED', hint: 'The disk is full.' };

    const asking = [...running, asked('one')];
    const resuming = [...completed, exited(), resume, slot, started];
    for (const events of [starting, running, asking, resuming]) {
      const { context } = having(newWorker(), ...events, full, exited());
      expect(context.failure).toMatchObject({ reason: 'crashed', hint: 'The disk is full.' });
    }
  });
});
