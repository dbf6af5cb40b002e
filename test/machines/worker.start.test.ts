import { describe, expect, it } from 'vitest';
import type { Reason, WorkerEvent } from '../../machines/worker.ts';
import { having, liveWorker, newWorker, on, stateOf, step, until } from './fixtures.ts';

const claudeMissing: WorkerEvent = {
  ...{ type: 'START_FAILED', reason: 'claude_not_found' },
  ...{ hint: 'claude was not found.', returncode: null },
};

describe('A new worker', () => {
  it('starts no process before it has a slot', () => {
    const { commands } = liveWorker();

    expect(commands).toEqual([]);
  });

  it('starts a process when it gets a slot, and sends the prompt when the process is ready', () => {
    const { next, commands } = step(newWorker(), on.slot);
    expect(commands).toEqual([{ to: 'process', type: 'START', resume: false, remembered: [] }]);

    expect(step(having(next, on.started), on.initialized).commands).toEqual([
      { to: 'process', type: 'SEND_PROMPT', prompt: { id: 'prompt-1', text: 'Look around.' } },
    ]);
  });

  it.each([
    ['its prompt is accepted', on.accepted()],
    ['its turn is opened', on.opened],
  ])('runs, and never sends its prompt again, after %s', (_, event) => {
    const { next } = step(having(newWorker(), ...until.starting), event);

    expect(stateOf(next)).toBe('running');
    expect(next.context.prompt).toBeNull();
  });

  it.each([
    ['has a session after PROMPT_ACCEPTED and TURN_OPENED', [on.accepted(), on.opened], true],
    ['has a session after TURN_OPENED alone', [on.opened], true],
    ['has no session after PROMPT_ACCEPTED alone', [on.accepted()], false],
    [
      'has a session after the TURN_OPENED of a follow-up',
      [on.exited(), on.resume, on.slot, on.started, on.opened],
      true,
    ],
  ])('%s', (_, events, isBegun) => {
    const failed = having(newWorker(), ...until.starting, ...events, on.exited(), on.resume);

    expect(step(failed, on.slot).commands).toMatchObject([{ type: 'START', resume: isBegun }]);
  });

  it('starts without an agent type', () => {
    const plain = having(newWorker({ agent_type: null }), on.slot, on.started);
    const { commands } = step(plain, { type: 'INITIALIZED', agents: [] });

    expect(commands).toMatchObject([{ type: 'SEND_PROMPT' }]);
  });

  it('fails before its prompt is sent when claude does not know its agent type', () => {
    const initialized: WorkerEvent = { type: 'INITIALIZED', agents: ['claude', 'Plan'] };
    const { next, commands } = step(having(newWorker(), on.slot, on.started), initialized);

    expect(stateOf(next)).toBe('failed');
    expect(next.context.failure).toEqual({
      reason: 'spawn_error',
      hint: 'Unknown agent type "Explore". claude knows: claude, Plan.',
      returncode: null,
    });
    expect(commands.map(({ type }) => type)).toEqual(['TERMINATE', 'SAVE']);
  });

  it.each<[string, WorkerEvent, Reason]>([
    ['its process cannot be started', claudeMissing, 'claude_not_found'],
    ['its process exits at once', on.exited({ reason: 'crashed' }), 'crashed'],
    [
      'claude ends with an error before the turn',
      on.result({
        prompt_ids: [],
        failure: { reason: 'api_error', hint: 'Bad settings.', returncode: null },
      }),
      'api_error',
    ],
  ])('fails with the reason of the event when %s', (_, event, reason) => {
    const { next, commands } = step(having(newWorker(), on.slot), event);

    expect(stateOf(next)).toBe('failed');
    expect(next.context.failure?.reason).toBe(reason);
    expect(commands).toContainEqual({ to: 'archive', type: 'SAVE', turn: 1, expected: [] });
  });

  it('fails at once when it is stopped while it waits for a slot', () => {
    const { next } = step(newWorker(), on.stop);

    expect(stateOf(next)).toBe('failed');
    expect(next.context.failure?.reason).toBe('stopped');
  });
});

describe('The start deadline', () => {
  it('fails a worker whose process writes no output, and kills the process', () => {
    const { clock, send, state, actor, commands } = liveWorker();
    send(on.slot, on.started);

    clock.increment(59_999);
    expect(state()).toBe('spawning.starting');
    clock.increment(1);
    expect(state()).toBe('failed');
    expect(actor.getSnapshot().context.failure?.reason).toBe('start_timeout');
    expect(commands).toEqual(['START', 'CONFIGURE', 'KILL']);
  });

  it('does not run while the worker waits for a slot', () => {
    const { clock, send, state } = liveWorker();

    clock.increment(3_600_000);
    expect(state()).toBe('spawning.queued');
    send(on.slot);
    clock.increment(59_999);
    expect(state()).toBe('spawning.starting');
  });

  it('ends when the turn begins', () => {
    const { clock, send, state } = liveWorker({ time_limit_seconds: null });
    send(...until.starting, on.accepted());

    clock.increment(3_600_000);
    expect(state()).toBe('running');
  });
});
