import { describe, expect, it } from 'vitest';
import { freed, kept, remove, superviseStandIns, wanted } from './supervisors.ts';

describe('Slots', () => {
  it('are given in the order of the requests', () => {
    const { spawn, send, slotsOf, received } = superviseStandIns(2);
    spawn('a', 'b', 'c', 'd');
    send(wanted('c'), wanted('a'), wanted('d'), wanted('b'));

    expect(slotsOf()).toEqual({ busy: ['c', 'a'], queue: ['d', 'b'] });
    expect(received).toEqual(['c SLOT', 'a SLOT']);
  });

  it('go to the next worker in the queue when they are freed', () => {
    const { spawn, send, slotsOf, received } = superviseStandIns(1);
    spawn('a', 'b', 'c');
    send(wanted('a'), wanted('b'), wanted('c'), freed('a'));
    expect(slotsOf()).toEqual({ busy: ['b'], queue: ['c'] });

    send(freed('b'), freed('c'));
    expect(slotsOf()).toEqual({ busy: [], queue: [] });
    expect(received).toEqual(['a SLOT', 'b SLOT', 'c SLOT']);
  });

  it('are not given to a worker that no longer wants one', () => {
    const { spawn, send, slotsOf, received } = superviseStandIns(1);
    spawn('a', 'b', 'c');
    send(wanted('a'), wanted('b'), wanted('c'), freed('b'), freed('a'));

    expect(slotsOf()).toEqual({ busy: ['c'], queue: [] });
    expect(received).not.toContain('b SLOT');
  });

  it('are given once to a worker that asks twice', () => {
    const { spawn, send, slotsOf, received } = superviseStandIns(3);
    spawn('a', 'b');
    send(wanted('a'), wanted('a'), wanted('b'));

    expect(slotsOf()).toEqual({ busy: ['a', 'b'], queue: [] });
    expect(received).toEqual(['a SLOT', 'b SLOT']);
  });

  it('are not given to an unknown worker', () => {
    const { send, slotsOf, snapshot } = superviseStandIns(1);
    send(wanted('nobody'), kept('nobody'));

    expect(snapshot().status).toBe('active');
    expect(slotsOf()).toEqual({ busy: [], queue: [] });
  });

  it('of adopted workers are counted, also when they are more than the limit', () => {
    const { spawn, send, slotsOf, received } = superviseStandIns(1);
    spawn('a', 'b', 'c');
    send(kept('a'), kept('b'), kept('b'), wanted('c'));
    expect(slotsOf()).toEqual({ busy: ['a', 'b'], queue: ['c'] });

    send(freed('a'));
    expect(slotsOf()).toEqual({ busy: ['b'], queue: ['c'] });
    send(freed('b'));
    expect(slotsOf()).toEqual({ busy: ['c'], queue: [] });
    expect(received).toEqual(['c SLOT']);
  });
});

describe('A worker', () => {
  it('is spawned once under one id', () => {
    const { spawn, workersOf } = superviseStandIns(1);
    spawn('a', 'a');

    expect(workersOf()).toEqual(['a']);
  });

  it('without a slot is removed with its actor, and can be spawned again', () => {
    const { spawn, send, snapshot, workersOf, received } = superviseStandIns(1);
    spawn('a', 'b');
    send(remove('a'));
    expect(workersOf()).toEqual(['b']);
    expect(Object.keys(snapshot().children)).toEqual(['b']);
    expect(received).toEqual(['a removed']);

    spawn('a');
    send(wanted('a'));
    expect(received).toEqual(['a removed', 'a SLOT']);
  });

  it.each(['holds a slot', 'waits for a slot'])('is not removed while it %s', (situation) => {
    const { spawn, send, snapshot, workersOf, received } = superviseStandIns(1);
    spawn('a', 'b');
    send(wanted('a'), wanted('b'), remove(situation === 'holds a slot' ? 'a' : 'b'));
    expect(workersOf()).toEqual(['a', 'b']);

    send(freed('a'));
    expect(snapshot().status).toBe('active');
    expect(received).toEqual(['a SLOT', 'b SLOT']);
  });
});
