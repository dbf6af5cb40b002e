import { describe, expect, it } from 'vitest';
import { drain, freed, superviseStandIns, wanted } from './supervisors.ts';

describe('A supervisor that drains', () => {
  it('sends STOP and RELEASE to every worker, and waits for the workers with a slot', () => {
    const { spawn, send, snapshot, received } = superviseStandIns(2);
    spawn('a', 'b', 'idle');
    send(wanted('a'), wanted('b'), drain);
    expect(snapshot().value).toBe('draining');
    expect(received.slice(2)).toEqual(
      ['a', 'b', 'idle'].flatMap((worker_id) => [`${worker_id} STOP`, `${worker_id} RELEASE`]),
    );

    send(freed('a'));
    expect(snapshot().value).toBe('draining');
    send(freed('b'));
    expect(snapshot().value).toBe('drained');
  });

  it('is drained at once when no worker has a slot', () => {
    const { send, snapshot } = superviseStandIns(2);
    send(drain);

    expect(snapshot().value).toBe('drained');
  });

  it('accepts no new worker and gives no slot to a waiting worker', () => {
    const { spawn, send, workersOf, received } = superviseStandIns(1);
    spawn('a', 'b');
    send(wanted('a'), wanted('b'), drain, freed('a'));
    spawn('c');

    expect(workersOf()).toEqual(['a', 'b']);
    expect(received).not.toContain('b SLOT');
  });

  it('stops a worker that asks for a slot during the drain, and waits for it', () => {
    const { spawn, send, snapshot, received } = superviseStandIns(1);
    spawn('a', 'late');
    send(wanted('a'), drain);
    const before = received.length;
    send(wanted('late'));
    expect(received.slice(before)).toEqual(['late STOP']);

    send(freed('a'));
    expect(snapshot().value).toBe('draining');
    send(freed('late'));
    expect(snapshot().value).toBe('drained');
  });

  it('is drained after 20 s without a worker that does not stop, which stays in busy', () => {
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
