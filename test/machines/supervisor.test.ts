import { describe, expect, it } from 'vitest';
import { freed, kept, remove, superviseStandIns, wanted } from './supervisors.ts';

describe('Slots', () => {
  it('are given in the order in which they were asked for', () => {
    const { spawn, send, slotsOf, told } = superviseStandIns(2);
    spawn('a', 'b', 'c', 'd');
    send(wanted('c'), wanted('a'), wanted('d'), wanted('b'));

    expect(slotsOf()).toEqual({ busy: ['c', 'a'], queue: ['d', 'b'] });
    expect(told).toEqual(['c SLOT', 'a SLOT']);
  });

  it('go to the next in the queue as soon as they are free', () => {
    const { spawn, send, slotsOf, told } = superviseStandIns(1);
    spawn('a', 'b', 'c');
    send(wanted('a'), wanted('b'), wanted('c'), freed('a'));
    expect(slotsOf()).toEqual({ busy: ['b'], queue: ['c'] });

    send(freed('b'), freed('c'));
    expect(slotsOf()).toEqual({ busy: [], queue: [] });
    expect(told).toEqual(['a SLOT', 'b SLOT', 'c SLOT']);
  });

  it('are not given to a worker that no longer wants one', () => {
    const { spawn, send, slotsOf, told } = superviseStandIns(1);
    spawn('a', 'b', 'c');
    send(wanted('a'), wanted('b'), wanted('c'), freed('b'), freed('a'));

    expect(slotsOf()).toEqual({ busy: ['c'], queue: [] });
    expect(told).not.toContain('b SLOT');
  });

  it('are given once to a worker that asks twice', () => {
    const { spawn, send, slotsOf, told } = superviseStandIns(3);
    spawn('a', 'b');
    send(wanted('a'), wanted('a'), wanted('b'));

    expect(slotsOf()).toEqual({ busy: ['a', 'b'], queue: [] });
    expect(told).toEqual(['a SLOT', 'b SLOT']);
  });

  it('are given to nobody who is not here', () => {
    const { send, slotsOf, snapshot } = superviseStandIns(1);
    send(wanted('nobody'), kept('nobody'));

    expect(snapshot().status).toBe('active');
    expect(slotsOf()).toEqual({ busy: [], queue: [] });
  });

  it('are counted, but not given, when a worker brings its own, even beyond their number', () => {
    const { spawn, send, slotsOf, told } = superviseStandIns(1);
    spawn('a', 'b', 'c');
    send(kept('a'), kept('b'), kept('b'), wanted('c'));
    expect(slotsOf()).toEqual({ busy: ['a', 'b'], queue: ['c'] });

    send(freed('a'));
    expect(slotsOf()).toEqual({ busy: ['b'], queue: ['c'] });
    send(freed('b'));
    expect(slotsOf()).toEqual({ busy: ['c'], queue: [] });
    expect(told).toEqual(['c SLOT']);
  });
});

describe('A worker', () => {
  it('is taken in once under one id', () => {
    const { spawn, workersOf } = superviseStandIns(1);
    spawn('a', 'a');

    expect(workersOf()).toEqual(['a']);
  });

  it('is removed with its actor when it has nothing to do, and may come back', () => {
    const { spawn, send, snapshot, workersOf, told } = superviseStandIns(1);
    spawn('a', 'b');
    send(remove('a'));
    expect(workersOf()).toEqual(['b']);
    expect(Object.keys(snapshot().children)).toEqual(['b']);
    expect(told).toEqual(['a gone']);

    spawn('a');
    send(wanted('a'));
    expect(told).toEqual(['a gone', 'a SLOT']);
  });

  it.each(['holds a slot', 'waits for one'])('is not removed while it %s', (which) => {
    const { spawn, send, snapshot, workersOf, told } = superviseStandIns(1);
    spawn('a', 'b');
    send(wanted('a'), wanted('b'), remove(which === 'holds a slot' ? 'a' : 'b'));
    expect(workersOf()).toEqual(['a', 'b']);

    send(freed('a'));
    expect(snapshot().status).toBe('active');
    expect(told).toEqual(['a SLOT', 'b SLOT']);
  });
});
