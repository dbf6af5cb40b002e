import type { JournalRecord } from './journal.ts';

/** What can be told of a worker from its records alone. Times are milliseconds since 1970. */
export interface Activity {
  /** Number of records so far. */
  seq: number;
  /** When it entered the state it is in. */
  since: number;
  lastActivity: number;
  /** Its last message in one short line. */
  lastLine: string;
  /** Where the unread part of its stdout begins. */
  offset: number;
}

export const noActivity: Activity = { seq: 0, since: 0, lastActivity: 0, lastLine: '', offset: 0 };

/** The activity after one more record. */
export function nextActivity(activity: Activity, record: JournalRecord): Activity {
  const { seq, t, event, from, to, offset } = record;
  return {
    seq,
    since: from === to ? activity.since : t,
    // Only what the worker itself said counts; our own bookkeeping is no activity of its.
    lastActivity: offset === undefined && activity.seq > 0 ? activity.lastActivity : t,
    lastLine: event.type === 'MESSAGE_SEEN' ? String(event.brief) : activity.lastLine,
    offset: offset ?? activity.offset,
  };
}
