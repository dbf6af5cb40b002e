import { describe, expect, it } from 'vitest';
import { having, liveWorker, newWorker, on, stateOf, until } from './fixtures.ts';

describe('Stopping a worker', () => {
  it('asks claude to end its turn, and ends the process once it has', () => {
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

  it('goes on to TERM, then to KILL, then gives up and says so', () => {
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

  it('hears of a process that goes after all', () => {
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

  it('climbs no further once the process has gone', () => {
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
  ])('waits for the process to go when the worker is %s', (_, events) => {
    const worker = having(newWorker(), ...events, on.stop);

    expect(stateOf(worker)).toBe('stopping');
    expect(stateOf(having(worker, on.exited()))).toBe('failed');
  });

  it('is over at once where a follow-up waits for its slot and no process is there', () => {
    const waiting = having(newWorker(), ...until.completed, on.exited(), on.resume);

    expect(stateOf(having(waiting, on.stop))).toBe('failed');
  });
});
