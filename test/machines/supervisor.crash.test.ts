import { describe, expect, it } from 'vitest';
import { drain, freed, superviseStandIns, wanted } from './supervisors.ts';

describe('A worker actor that breaks', () => {
  it('is buried, its slot goes to the next one, and the others go on', () => {
    const { spawn, send, crash, snapshot, workersOf, slotsOf, told, broken } = superviseStandIns(2);
    spawn('a', 'b', 'c');
    send(wanted('a'), wanted('b'), wanted('c'));
    crash('a');

    expect(broken).toEqual([]);
    expect(snapshot().status).toBe('active');
    expect(snapshot().context.crashes).toEqual({ a: 1 });
    expect(workersOf()).toEqual(['b', 'c']);
    expect(slotsOf()).toEqual({ busy: ['b', 'c'], queue: [] });
    expect(told).toEqual(['a SLOT', 'b SLOT', 'c SLOT']);
  });

  it('leaves the queue when it breaks while it waits', () => {
    const { spawn, send, crash, slotsOf, told } = superviseStandIns(1);
    spawn('a', 'b', 'c');
    send(wanted('a'), wanted('b'), wanted('c'));
    crash('b');
    send(freed('a'));

    expect(slotsOf()).toEqual({ busy: ['c'], queue: [] });
    expect(told).not.toContain('b SLOT');
  });

  it('is buried even when it breaks while it starts', () => {
    const { spawn, send, snapshot, workersOf, told } = superviseStandIns(1);
    send({ type: 'SPAWN', worker_id: 'a', actor_id: 'a', input: 'broken' });
    spawn('b');
    send(wanted('b'));

    expect(snapshot().context.crashes).toEqual({ a: 1 });
    expect(workersOf()).toEqual(['b']);
    expect(told).toEqual(['b SLOT']);
  });

  it('leaves its id free to be taken in anew', () => {
    const { spawn, send, crash, snapshot, told } = superviseStandIns(1);
    spawn('a', 'b');
    crash('a');
    expect(Object.keys(snapshot().children)).toEqual(['b']);

    spawn('a');
    send(wanted('a'));
    expect(told).toEqual(['a SLOT']);
  });

  it('is to be restarted once, and not again when it breaks again', () => {
    const { spawn, crash, restarts, snapshot } = superviseStandIns(1);
    spawn('a', 'b');
    crash('a');
    spawn('a');
    crash('a');
    crash('b');

    expect(restarts).toEqual(['a', 'b']);
    expect(snapshot().context.crashes).toEqual({ a: 2, b: 1 });
  });

  it('is not restarted while the supervisor drains', () => {
    const { spawn, send, crash, restarts } = superviseStandIns(1);
    spawn('a');
    send(wanted('a'), drain);
    crash('a');

    expect(restarts).toEqual([]);
  });

  it('does not hold up a drain', () => {
    const { spawn, send, crash, snapshot } = superviseStandIns(2);
    spawn('a', 'b');
    send(wanted('a'), wanted('b'), drain, freed('a'));
    crash('b');

    expect(snapshot().value).toBe('drained');
  });

  it('does no harm after the drain either', () => {
    const { spawn, send, crash, snapshot, broken } = superviseStandIns(1);
    spawn('a');
    send(drain);
    expect(snapshot().value).toBe('drained');
    crash('a');

    expect(broken).toEqual([]);
    expect(snapshot().status).toBe('active');
    expect(snapshot().context).toMatchObject({ workers: [], crashes: { a: 1 } });
  });
});
