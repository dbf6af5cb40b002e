import { describe, expect, it } from 'vitest';
import { isSameState, migrateEvent } from '../../machines/migrations.ts';
import { workerMachine } from '../../machines/worker.ts';

describe('an event of chart 1', () => {
  const startOverdue = { type: 'START_OVERDUE' };
  const deadline = (name: string, state: string) => `xstate.after.${name}.worker.${state}`;

  it.each([
    [startOverdue.type, 'resumed.handed_over', deadline('startDeadline', 'resumed.handed_over')],
    [startOverdue.type, 'resumed.starting', deadline('startDeadline', 'resumed.starting')],
    [
      deadline('startDeadline', 'spawning.starting'),
      'spawning.handed_over',
      deadline('handOverDeadline', 'spawning.handed_over'),
    ],
  ])('%s in %s becomes a timer event of this chart', (type, state, expected) => {
    expect(migrateEvent({ type }, state, state)).toEqual({ type: expected });
    expect(workerMachine.events).toContain(expected);
  });

  it('is not changed when this chart has the same event', () => {
    const event = { type: 'STOP' };
    expect(migrateEvent(event, 'running', 'stopping')).toBe(event);
  });
});

describe('an event of chart 2', () => {
  const retried = { type: 'API_RETRIED', status: 401, attempt: 1, error: '' };

  it('that refused the credentials and ended the turn ends it with the same reason', () => {
    const { reason, type } = { reason: undefined, ...migrateEvent(retried, 'running', 'stopping') };
    expect({ reason, type }).toEqual({ reason: 'auth', type: 'STOP' });
  });

  it('of a request that is tried again is not changed', () => {
    expect(migrateEvent(retried, 'running', 'running')).toBe(retried);
  });
});

describe('a state of chart 1', () => {
  it.each([
    ['resumed', 'resumed.queued', true],
    ['resumed', 'resumed.handed_over', true],
    ['spawning.starting', 'spawning.handed_over', true],
    ['running', 'running', true],
    ['resumed', 'running', false],
    ['running', 'completed', false],
    ['spawning.handed_over', 'spawning.starting', false],
  ])('%s counts as %s: %s', (recorded, state, expected) => {
    expect(isSameState(recorded, state)).toBe(expected);
  });
});
