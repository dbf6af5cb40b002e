import type { JournalRecord } from './journal.ts';

/** Facts about a worker from its records alone. Times are milliseconds since 1970. */
export interface Activity {
  /** The number of the last record. */
  seq: number;
  /** The time when the worker entered its state. */
  since: number;
  /** The time of the last output of the worker. */
  lastActivity: number;
  /** The last message of the worker, as one short line. */
  lastLine: string;
  /** The offset of the unread part of stdout. */
  offset: number;
}

export const noActivity: Activity = { seq: 0, since: 0, lastActivity: 0, lastLine: '', offset: 0 };

/** Returns the activity after one more record. */
export function nextActivity(activity: Activity, record: JournalRecord): Activity {
  const { seq, t, event, from, to, offset } = record;
  return {
    seq,
    since: from === to ? activity.since : t,
    // Only records from stdout count; the server's own events are no activity of the worker.
    lastActivity: offset === undefined && activity.seq > 0 ? activity.lastActivity : t,
    lastLine: event.type === 'MESSAGE_SEEN' ? String(event.brief) : activity.lastLine,
    offset: offset ?? activity.offset,
  };
}
