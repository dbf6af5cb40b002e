import { describe, expect, it } from 'vitest';
import { drain, freed, superviseStandIns, wanted } from './supervisors.ts';

describe('A supervisor that drains', () => {
  it('tells every worker to stop and to let its process go, and waits for those with a slot', () => {
    const { spawn, send, snapshot, told } = superviseStandIns(2);
    spawn('a', 'b', 'idle');
    send(wanted('a'), wanted('b'), drain);
    expect(snapshot().value).toBe('draining');
    expect(told.slice(2)).toEqual(
      ['a', 'b', 'idle'].flatMap((worker_id) => [`${worker_id} STOP`, `${worker_id} RELEASE`]),
    );

    send(freed('a'));
    expect(snapshot().value).toBe('draining');
    send(freed('b'));
    expect(snapshot().value).toBe('drained');
  });

  it('is done at once when nothing is under way', () => {
    const { send, snapshot } = superviseStandIns(2);
    send(drain);

    expect(snapshot().value).toBe('drained');
  });

  it('takes no new workers in and gives no slot to those that waited for one', () => {
    const { spawn, send, workersOf, told } = superviseStandIns(1);
    spawn('a', 'b');
    send(wanted('a'), wanted('b'), drain, freed('a'));
    spawn('c');

    expect(workersOf()).toEqual(['a', 'b']);
    expect(told).not.toContain('b SLOT');
  });

  it('stops a worker that wants a slot only now, and waits for it too', () => {
    const { spawn, send, snapshot, told } = superviseStandIns(1);
    spawn('a', 'late');
    send(wanted('a'), drain);
    const before = told.length;
    send(wanted('late'));
    expect(told.slice(before)).toEqual(['late STOP']);

    send(freed('a'));
    expect(snapshot().value).toBe('draining');
    send(freed('late'));
    expect(snapshot().value).toBe('drained');
  });

  it('gives up on a worker that does not go, and names it', () => {
    const { spawn, send, snapshot, slotsOf, clock } = superviseStandIns(2);
    spawn('a', 'stuck');
    send(wanted('a'), wanted('stuck'), drain, freed('a'));
    clock.increment(19_999);
    expect(snapshot().value).toBe('draining');
    clock.increment(1);

    expect(snapshot().value).toBe('drained');
    expect(slotsOf().busy).toEqual(['stuck']);
  });
});
