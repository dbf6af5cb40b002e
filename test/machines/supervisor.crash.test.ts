import { describe, expect, it } from 'vitest';
import { drain, freed, superviseStandIns, wanted } from './supervisors.ts';

describe('A worker actor that crashes', () => {
  it('is removed, its slot goes to the next worker, and the other workers continue', () => {
    const { spawn, send, crash, snapshot, workersOf, slotsOf, received, errors } =
      superviseStandIns(2);
    spawn('a', 'b', 'c');
    send(wanted('a'), wanted('b'), wanted('c'));
    crash('a');

    expect(errors).toEqual([]);
    expect(snapshot().status).toBe('active');
    expect(snapshot().context.crashes).toEqual({ a: 1 });
    expect(workersOf()).toEqual(['b', 'c']);
    expect(slotsOf()).toEqual({ busy: ['b', 'c'], queue: [] });
    expect(received).toEqual(['a SLOT', 'b SLOT', 'c SLOT']);
  });

  it('leaves the queue when it crashes while it waits', () => {
    const { spawn, send, crash, slotsOf, received } = superviseStandIns(1);
    spawn('a', 'b', 'c');
    send(wanted('a'), wanted('b'), wanted('c'));
    crash('b');
    send(freed('a'));

    expect(slotsOf()).toEqual({ busy: ['c'], queue: [] });
    expect(received).not.toContain('b SLOT');
  });

  it('is removed also when it crashes while it starts', () => {
    const { spawn, send, snapshot, workersOf, received } = superviseStandIns(1);
    send({ type: 'SPAWN', worker_id: 'a', actor_id: 'a', input: 'broken' });
    spawn('b');
    send(wanted('b'));

    expect(snapshot().context.crashes).toEqual({ a: 1 });
    expect(workersOf()).toEqual(['b']);
    expect(received).toEqual(['b SLOT']);
  });

  it('can be spawned again under its id', () => {
    const { spawn, send, crash, snapshot, received } = superviseStandIns(1);
    spawn('a', 'b');
    crash('a');
    expect(Object.keys(snapshot().children)).toEqual(['b']);

    spawn('a');
    send(wanted('a'));
    expect(received).toEqual(['a SLOT']);
  });

  it('is restarted once, and not after a second crash', () => {
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

  it('does not delay a drain', () => {
    const { spawn, send, crash, snapshot } = superviseStandIns(2);
    spawn('a', 'b');
    send(wanted('a'), wanted('b'), drain, freed('a'));
    crash('b');

    expect(snapshot().value).toBe('drained');
  });

  it('does not break the supervisor after the drain', () => {
    const { spawn, send, crash, snapshot, errors } = superviseStandIns(1);
    spawn('a');
    send(drain);
    expect(snapshot().value).toBe('drained');
    crash('a');

    expect(errors).toEqual([]);
    expect(snapshot().status).toBe('active');
    expect(snapshot().context).toMatchObject({ workers: [], crashes: { a: 1 } });
  });
});
