import { describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../../src/journal/journal.ts';
import { createRequestLedger } from '../../../src/journal/request-index.ts';
import { permissionRequest, workerId } from '../fixtures.ts';

const [mine, other] = [workerId(1), workerId(2)];

/** A ledger that is told of one worker's events, each with the state after it. */
function createDiary() {
  const ledger = createRequestLedger();
  const tell = (
    event: JournalRecord['event'],
    to: string,
    { worker = mine, dropped = false } = {},
  ) =>
    ledger.note({
      ...{ v: 1, seq: 1, t: 1, worker, event, from: 'running', to },
      ...(dropped ? { dropped } : {}),
    });
  const ask = (request_id: string, cli_id: string, worker = mine) => {
    const request = permissionRequest({ request_id, cli_id });
    tell({ type: 'PERMISSION_ASKED', request }, 'awaiting_permission', { worker });
  };
  const fateOf = (request_id: string) => ledger.find(request_id)?.fate;
  return { ledger, tell, ask, fateOf };
}

const answer = (request_id: string, allow: boolean) => ({
  ...{ type: 'ANSWER_PERMISSION', source: 'caller', answer: { request_id, allow } },
});

describe('a request', () => {
  it('is open from the moment it is asked, and known with its worker', () => {
    const { ledger, ask } = createDiary();
    ask('r1', 'c1');
    expect(ledger.find('r1')).toEqual({ worker_id: mine, fate: 'open' });
    expect(ledger.find('r2')).toBeUndefined();
  });

  it.each([
    [true, 'allowed'],
    [false, 'denied'],
  ])('answered with allow: %s is %s, and stays so when the turn ends', (allow, fate) => {
    const { tell, ask, fateOf } = createDiary();
    ask('r1', 'c1');
    tell(answer('r1', allow), 'running');
    expect(fateOf('r1')).toBe(fate);
    tell({ type: 'RESULT_SEEN' }, 'completed');
    expect(fateOf('r1')).toBe(fate);
  });

  it('that claude takes back is withdrawn, and stays so', () => {
    const { tell, ask, fateOf } = createDiary();
    ask('r1', 'c1');
    tell({ type: 'PERMISSION_WITHDRAWN', cli_id: 'c1' }, 'running');
    tell({ type: 'EXITED' }, 'failed');
    expect(fateOf('r1')).toBe('withdrawn');
  });

  it.each(['completed', 'failed', 'stopping'])('still open when the worker is %s is gone', (to) => {
    const { tell, ask, fateOf } = createDiary();
    ask('r1', 'c1');
    ask('r2', 'c2');
    tell(answer('r1', true), 'awaiting_permission');
    tell({ type: 'ANY' }, to);
    expect([fateOf('r1'), fateOf('r2')]).toEqual(['allowed', 'gone']);
  });

  it('that claude asks again under the same id replaces the earlier one', () => {
    const { tell, ask, fateOf } = createDiary();
    ask('r1', 'c1');
    ask('r2', 'c1');
    expect([fateOf('r1'), fateOf('r2')]).toEqual(['withdrawn', 'open']);
    tell({ type: 'PERMISSION_WITHDRAWN', cli_id: 'c1' }, 'running');
    expect(fateOf('r2')).toBe('withdrawn');
  });

  it('of one worker is not touched by what happens to another, even under one CLI id', () => {
    const { tell, ask, fateOf } = createDiary();
    ask('r1', 'c1');
    ask('r2', 'c1', other);
    tell({ type: 'PERMISSION_WITHDRAWN', cli_id: 'c1' }, 'running', { worker: other });
    tell({ type: 'EXITED' }, 'failed', { worker: other });
    expect([fateOf('r1'), fateOf('r2')]).toEqual(['open', 'withdrawn']);
  });

  it('is not opened by an event that the machine took no notice of, nor answered by one', () => {
    const { tell, ask, fateOf } = createDiary();
    const request = permissionRequest({ request_id: 'r0' });
    tell({ type: 'PERMISSION_ASKED', request }, 'awaiting_permission', { dropped: true });
    expect(fateOf('r0')).toBeUndefined();
    ask('r1', 'c1');
    tell(answer('r1', true), 'awaiting_permission', { dropped: true });
    expect(fateOf('r1')).toBe('open');
  });

  it('that comes when the turn is over is never open', () => {
    const { tell, fateOf } = createDiary();
    const request = permissionRequest({ request_id: 'r1' });
    tell({ type: 'PERMISSION_ASKED', request }, 'completed');
    expect(fateOf('r1')).toBeUndefined();
  });
});
