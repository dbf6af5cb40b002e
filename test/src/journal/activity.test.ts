import { expect, it } from 'vitest';
import { nextActivity, noActivity } from '../../../src/journal/activity.ts';
import type { JournalRecord } from '../../../src/journal/journal.ts';
import { workerId } from '../fixtures.ts';

let seq = 0;
const recordOf = (t: number, fields: Partial<JournalRecord>): JournalRecord => {
  seq += 1;
  const event = { type: 'STOP' };
  return { v: 1, seq, t, worker: workerId(), event, from: 'running', to: 'running', ...fields };
};

const message = (t: number, brief: string, offset: number) =>
  recordOf(t, { event: { type: 'MESSAGE_SEEN', brief }, offset });

it('the first record sets the times of a new worker', () => {
  const first = recordOf(5, { from: null, to: 'spawning.queued', event: { type: 'SPAWNED' } });
  expect(nextActivity(noActivity, first)).toMatchObject({ since: 5, lastActivity: 5, offset: 0 });
});

it('since is the time of the last change of state, not of the last event', () => {
  let activity = nextActivity(noActivity, recordOf(10, { from: 'resumed', to: 'running' }));
  activity = nextActivity(activity, message(20, 'Hi', 100));
  expect(activity.since).toBe(10);
  activity = nextActivity(activity, recordOf(30, { to: 'completed' }));
  expect(activity.since).toBe(30);
});

it('lastLine is the line of the last message', () => {
  let activity = nextActivity(noActivity, message(1, 'First', 10));
  activity = nextActivity(activity, message(2, 'Second', 20));
  activity = nextActivity(activity, recordOf(3, { to: 'completed' }));
  expect(activity.lastLine).toBe('Second');
});

it('lastActivity is the time of the last record from stdout', () => {
  let activity = nextActivity(noActivity, message(10, 'Hi', 10));
  activity = nextActivity(activity, recordOf(20, { event: { type: 'DELIVERED' } }));
  expect(activity.lastActivity).toBe(10);
});

it('offset is the offset of the last record from stdout', () => {
  let activity = nextActivity(noActivity, message(1, 'Hi', 77));
  activity = nextActivity(activity, recordOf(2, { event: { type: 'DELIVERED' } }));
  expect(activity.offset).toBe(77);
});

it('seq is the number of the last record', () => {
  const record = recordOf(1, {});
  expect(nextActivity(noActivity, record).seq).toBe(record.seq);
});
