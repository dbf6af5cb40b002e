import { describe, expect, it } from 'vitest';
import { liveWorker, on, until } from './fixtures.ts';

const count = (commands: string[], type: string) => commands.filter((one) => one === type).length;

/** Moves a clock forward in small steps, so that a timer can start the next timer in time. */
function pass(clock: { now(): number; increment(ms: number): void }, until: number): void {
  while (clock.now() < until) clock.increment(Math.min(500, until - clock.now()));
}

const acknowledged = (cli_id: string) => ({ type: 'ANSWER_ACKNOWLEDGED', cli_id }) as const;

describe('an answer', () => {
  it('is sent again after 4, 12 and 28 seconds without an acknowledgement, and the worker ends after 60', () => {
    const { actor, clock, commands, send, state } = liveWorker();
    send(...until.running, on.asked('one'), on.answer('one'));
    const sentAt = [4_000, 12_000, 28_000].map((at) => {
      pass(clock, at - 1);
      const before = count(commands, 'SEND_ANSWER');
      pass(clock, at);
      return count(commands, 'SEND_ANSWER') - before;
    });
    expect(sentAt).toEqual([1, 1, 1]);
    pass(clock, 59_999);
    expect(state()).toBe('running');
    pass(clock, 60_000);
    expect(state()).toBe('stopping');
    expect(actor.getSnapshot().context.ending).toMatchObject({ reason: 'crashed' });
    expect(actor.getSnapshot().context.ending?.hint).toContain('stdin');
  });

  it('is not sent again after its acknowledgement, nor while other requests are open', () => {
    const { clock, commands, send, state } = liveWorker({ time_limit_seconds: null });
    send(...until.running, on.asked('one'), on.asked('two'), on.answer('one'));
    send(acknowledged('one'));
    pass(clock, 100_000);
    expect(count(commands, 'SEND_ANSWER')).toBe(1);
    expect(state()).toBe('awaiting_permission');
  });

  it('is sent again alone, when another answer is acknowledged', () => {
    const { clock, commands, send } = liveWorker({ time_limit_seconds: null });
    send(...until.running, on.asked('one'), on.asked('two'), on.answer('one'), on.answer('two'));
    send(acknowledged('one'));
    pass(clock, 4_000);
    expect(count(commands, 'SEND_ANSWER')).toBe(3);
  });

  it('is not sent again once its turn is over', () => {
    const { clock, commands, send, state } = liveWorker();
    send(...until.running, on.asked('one'), on.answer('one'), on.result());
    pass(clock, 100_000);
    expect(count(commands, 'SEND_ANSWER')).toBe(1);
    expect(state()).toBe('completed');
  });
});

describe('a prompt', () => {
  it('is sent again until it is accepted, and at most three times', () => {
    const { actor, clock, commands, send } = liveWorker();
    send(on.slot, on.started, on.initialized);
    pass(clock, 59_000);
    expect(count(commands, 'SEND_PROMPT')).toBe(4);
    pass(clock, 60_000);
    expect(actor.getSnapshot().context.failure).toMatchObject({ reason: 'start_timeout' });
    expect(actor.getSnapshot().context.failure?.hint).toContain('stdin');
  });

  it('is never sent again once it is accepted', () => {
    const { clock, commands, send } = liveWorker({ time_limit_seconds: null });
    send(on.slot, on.started, on.initialized, on.accepted());
    pass(clock, 100_000);
    expect(count(commands, 'SEND_PROMPT')).toBe(1);
  });

  it('is not sent to a new process before that process is ready', () => {
    const { clock, commands, send } = liveWorker();
    send(...until.completed, on.resume, on.slot, on.exited(), on.started);
    pass(clock, 14_000);
    expect(count(commands, 'SEND_PROMPT')).toBe(2);
    expect(commands.at(-1)).toBe('START');
  });
});

it('the first line of a process is sent again when the process does not answer it', () => {
  const { clock, commands, send } = liveWorker();
  send(on.slot, on.started);
  pass(clock, 14_999);
  expect(count(commands, 'CONFIGURE')).toBe(0);
  pass(clock, 59_000);
  expect(count(commands, 'CONFIGURE')).toBe(2);
});

it('the process of a settled worker ends when it cannot be followed any more', () => {
  const { commands, send, state } = liveWorker();
  send(...until.completed, on.storageFailed);
  expect(commands.at(-1)).toBe('TERMINATE');
  expect(state()).toBe('completed');
});
