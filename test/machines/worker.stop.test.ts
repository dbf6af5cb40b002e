import { describe, expect, it } from 'vitest';
import { having, liveWorker, newWorker, on, stateOf, until } from './fixtures.ts';

describe('Stopping a worker', () => {
  it('interrupts the turn, and terminates the process after the result', () => {
    const { commands, send, state, actor } = liveWorker();
    send(...until.running, on.stop);
    expect([state(), commands.at(-1)]).toEqual(['stopping', 'INTERRUPT']);

    send(on.result());
    expect([state(), commands.at(-1)]).toEqual(['stopping', 'TERMINATE']);

    send(on.exited({ reason: 'killed', returncode: 143 }));
    expect(state()).toBe('failed');
    expect(actor.getSnapshot().context.failure).toEqual({
      reason: 'stopped',
      hint: 'Stopped on request.',
      returncode: 143,
    });
  });

  it('sends TERM, then KILL, then fails with a hint that the process did not exit', () => {
    const { clock, commands, send, state, actor } = liveWorker();
    send(...until.running, on.stop);
    const seen = [3_000, 5_000, 5_000].map((ms) => {
      clock.increment(ms - 1);
      const before = commands.length;
      clock.increment(1);
      return [state(), ...commands.slice(before)];
    });

    expect(seen).toEqual([['stopping', 'TERMINATE'], ['stopping', 'KILL'], ['failed']]);
    expect(actor.getSnapshot().context).toMatchObject({
      failure: { reason: 'stopped', hint: 'Process 4711 did not exit, not even when killed.' },
      process: { pid: 4711 },
    });
  });

  it('removes a process that exits after the last grace period', () => {
    const { clock, send, state, actor } = liveWorker();
    send(...until.running, on.stop);
    clock.increment(13_000);
    send(on.exited());

    expect(state()).toBe('failed');
    expect(actor.getSnapshot().context).toMatchObject({
      failure: { reason: 'stopped' },
      process: null,
    });
  });

  it('sends nothing more after the process exited', () => {
    const { clock, commands, send } = liveWorker();
    send(...until.running, on.stop, on.exited());
    const before = [...commands];
    clock.increment(60_000);

    expect(commands).toEqual(before);
  });

  it.each([
    ['starting', until.starting],
    ['waiting for a permission', [...until.running, on.asked('one')]],
    ['handing a follow-up over', [...until.completed, on.resume, on.slot]],
    ['starting a process for a follow-up', [...until.completed, on.exited(), on.resume, on.slot]],
  ])('waits for the exit of the process when the worker is %s', (_, events) => {
    const worker = having(newWorker(), ...events, on.stop);

    expect(stateOf(worker)).toBe('stopping');
    expect(stateOf(having(worker, on.exited()))).toBe('failed');
  });

  it('fails a follow-up at once when it waits for a slot and has no process', () => {
    const waiting = having(newWorker(), ...until.completed, on.exited(), on.resume);

    expect(stateOf(having(waiting, on.stop))).toBe('failed');
  });
});
