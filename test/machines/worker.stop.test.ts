import { describe, expect, it } from 'vitest';
import {
  asked,
  completed,
  exited,
  having,
  liveWorker,
  newWorker,
  result,
  resume,
  running,
  slot,
  starting,
  stateOf,
  stop,
} from './worker-fixtures.ts';

describe('Stopping a worker', () => {
  it('asks claude to end its turn, and ends the process once it has', () => {
    const { commands, tell, state, actor } = liveWorker();
    tell(...running, stop);
    expect([state(), commands.at(-1)]).toEqual(['stopping', 'INTERRUPT']);

    tell(result());
    expect([state(), commands.at(-1)]).toEqual(['stopping', 'TERMINATE']);

    tell(exited({ reason: 'killed', returncode: 143 }));
    expect(state()).toBe('failed');
    expect(actor.getSnapshot().context.failure).toEqual({
      reason: 'stopped',
      hint: 'Stopped on request.',
      returncode: 143,
    });
  });

  it('goes on to TERM, then to KILL, then gives up and says so', () => {
    const { clock, commands, tell, state, actor } = liveWorker();
    tell(...running, stop);
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
    const { clock, tell, state, actor } = liveWorker();
    tell(...running, stop);
    clock.increment(13_000);
    tell(exited());

    expect(state()).toBe('failed');
    expect(actor.getSnapshot().context).toMatchObject({
      failure: { reason: 'stopped' },
      process: null,
    });
  });

  it('climbs no further once the process has gone', () => {
    const { clock, commands, tell } = liveWorker();
    tell(...running, stop, exited());
    const before = [...commands];
    clock.increment(60_000);

    expect(commands).toEqual(before);
  });

  it.each([
    ['starting', starting],
    ['waiting for a permission', [...running, asked('one')]],
    ['handing a follow-up over', [...completed, resume, slot]],
    ['starting a process for a follow-up', [...completed, exited(), resume, slot]],
  ])('waits for the process to go when the worker is %s', (_, events) => {
    const worker = having(newWorker(), ...events, stop);

    expect(stateOf(worker)).toBe('stopping');
    expect(stateOf(having(worker, exited()))).toBe('failed');
  });

  it('is over at once where a follow-up waits for its slot and no process is there', () => {
    const waiting = having(newWorker(), ...completed, exited(), resume);

    expect(stateOf(having(waiting, stop))).toBe('failed');
  });
});
