import { describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../../src/journal/journal.ts';
import { createRequestIndex } from '../../../src/journal/request-index.ts';
import { permissionRequest, workerId } from '../fixtures.ts';

const [mine, other] = [workerId(1), workerId(2)];

/** Returns an index, and functions that add a record of an event with the state after it. */
function setUp() {
  const requestIndex = createRequestIndex();
  const add = (
    event: JournalRecord['event'],
    to: string,
    { worker = mine, dropped = false } = {},
  ) =>
    requestIndex.add({
      ...{ v: 1, seq: 1, t: 1, worker, event, from: 'running', to },
      ...(dropped ? { dropped } : {}),
    });
  const ask = (request_id: string, cli_id: string, worker = mine) => {
    const request = permissionRequest({ request_id, cli_id });
    add({ type: 'PERMISSION_ASKED', request }, 'awaiting_permission', { worker });
  };
  const statusOf = (request_id: string) => requestIndex.find(request_id)?.status;
  return { requestIndex, add, ask, statusOf };
}

const answer = (request_id: string, allow: boolean) => ({
  ...{ type: 'ANSWER_PERMISSION', source: 'caller', answer: { request_id, allow } },
});

describe('a permission request', () => {
  it('is open as soon as the worker asks, and is found with its worker', () => {
    const { requestIndex, ask } = setUp();
    ask('r1', 'c1');
    expect(requestIndex.find('r1')).toEqual({ worker_id: mine, status: 'open' });
    expect(requestIndex.find('r2')).toBeUndefined();
  });

  it.each([
    [true, 'allowed'],
    [false, 'denied'],
  ])('with the answer allow: %s is %s, also after the turn ends', (allow, status) => {
    const { add, ask, statusOf } = setUp();
    ask('r1', 'c1');
    add(answer('r1', allow), 'running');
    expect(statusOf('r1')).toBe(status);
    add({ type: 'RESULT_SEEN' }, 'completed');
    expect(statusOf('r1')).toBe(status);
  });

  it('is withdrawn when claude withdraws it, also after the turn ends', () => {
    const { add, ask, statusOf } = setUp();
    ask('r1', 'c1');
    add({ type: 'PERMISSION_WITHDRAWN', cli_id: 'c1' }, 'running');
    add({ type: 'EXITED' }, 'failed');
    expect(statusOf('r1')).toBe('withdrawn');
  });

  it.each(['completed', 'failed', 'stopping'])(
    'without an answer is gone when the worker is %s',
    (to) => {
      const { add, ask, statusOf } = setUp();
      ask('r1', 'c1');
      ask('r2', 'c2');
      add(answer('r1', true), 'awaiting_permission');
      add({ type: 'ANY' }, to);
      expect([statusOf('r1'), statusOf('r2')]).toEqual(['allowed', 'gone']);
    },
  );

  it('replaces an open request with the same CLI id', () => {
    const { add, ask, statusOf } = setUp();
    ask('r1', 'c1');
    ask('r2', 'c1');
    expect([statusOf('r1'), statusOf('r2')]).toEqual(['withdrawn', 'open']);
    add({ type: 'PERMISSION_WITHDRAWN', cli_id: 'c1' }, 'running');
    expect(statusOf('r2')).toBe('withdrawn');
  });

  it('of one worker is independent of another worker with the same CLI id', () => {
    const { add, ask, statusOf } = setUp();
    ask('r1', 'c1');
    ask('r2', 'c1', other);
    add({ type: 'PERMISSION_WITHDRAWN', cli_id: 'c1' }, 'running', { worker: other });
    add({ type: 'EXITED' }, 'failed', { worker: other });
    expect([statusOf('r1'), statusOf('r2')]).toEqual(['open', 'withdrawn']);
  });

  it('is neither opened nor answered by a dropped event', () => {
    const { add, ask, statusOf } = setUp();
    const request = permissionRequest({ request_id: 'r0' });
    add({ type: 'PERMISSION_ASKED', request }, 'awaiting_permission', { dropped: true });
    expect(statusOf('r0')).toBeUndefined();
    ask('r1', 'c1');
    add(answer('r1', true), 'awaiting_permission', { dropped: true });
    expect(statusOf('r1')).toBe('open');
  });

  it('after the end of the turn is never open', () => {
    const { add, statusOf } = setUp();
    const request = permissionRequest({ request_id: 'r1' });
    add({ type: 'PERMISSION_ASKED', request }, 'completed');
    expect(statusOf('r1')).toBeUndefined();
  });
});
