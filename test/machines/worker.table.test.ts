import { describe, expect, it } from 'vitest';
import { having, newWorker, stateOf, step } from './fixtures.ts';
import { type EventName, eventsFor, type Situation, situations } from './worker-situations.ts';

type Row = Partial<Record<EventName, string>>;

/** The transitions of every state. `stays` means that the state does not change. */
const everywhere: Row = {
  ...{ PROCESS_STARTED: 'stays', CONTROL_ASKED: 'stays', DRAFTED: 'stays' },
  ...{ SET_UP_CHANGED: 'stays', SESSION_CHANGED: 'stays', TASKS_CHANGED: 'stays' },
  TASKS_TOLD: 'stays',
};

const whileStarting: Row = {
  REPLY_OVERDUE: 'stays',
  STOP: 'stopping',
  STORAGE_FAILED: 'stopping',
  INITIALIZED: 'stays',
  'INITIALIZED without the agent': 'failed',
  START_FAILED: 'failed',
  PROMPT_ACCEPTED: 'running',
  PERMISSION_ASKED: 'stays',
  'RESULT_SEEN as a failure': 'failed',
};

/** Only the journal of a worker from a history file has this event, right behind its begin. */
const imported: Row = { IMPORTED: 'completed', 'IMPORTED as a failure': 'failed' };

const atWork: Row = {
  STOP: 'stopping',
  STORAGE_FAILED: 'stopping',
  TIME_LIMIT_REACHED: 'stopping',
  MESSAGE_SEEN: 'stays',
  TURN_OPENED: 'stays',
  PERMISSION_ASKED: 'awaiting_permission',
  EXITED: 'failed',
  ADOPT: 'stays',
};

const inTurn: Row = {
  ...atWork,
  RESULT_SEEN: 'completed',
  'RESULT_SEEN as a failure': 'failed',
  'RESULT_SEEN as a failure of no prompt': 'failed',
  'RESULT_SEEN of an own turn': 'stays',
};

/** The turn has ended, and an agent works. */
const inBackground: Row = { ...atWork, TURN_OPENED: 'running', TASK_ENDED: 'stays' };

/** A request of the process is open; the turn may end around it. */
const asking: Row = {
  ...atWork,
  RESULT_SEEN: 'stays',
  'RESULT_SEEN as a failure': 'stays',
  'RESULT_SEEN as a failure of no prompt': 'stays',
  'RESULT_SEEN of an own turn': 'stays',
};

const settled: Row = {
  SAVED: 'stays',
  SAVE_FAILED: 'stays',
  DELIVERED: 'stays',
  EXITED: 'stays',
  PERMISSION_ASKED: 'stays',
  ADOPT: 'stays',
};

const withProcess: Row = {
  RELEASE: 'stays',
  STORAGE_FAILED: 'stays',
  TURN_OPENED: 'running',
  PERMISSION_ASKED: 'awaiting_permission',
};
const followUp: Row = {
  RESUME: 'resumed.queued',
  'RESUME with a session that was found': 'resumed.queued',
};

/**
 * An older process may be in a turn that it opened by itself, for example at the end of a background
 * command. That turn, its requests and its failure do not belong to this prompt.
 */
const resumed: Row = {
  ...whileStarting,
  TURN_OPENED: 'stays',
  'RESULT_SEEN of an own turn': 'stays',
};

/** A follow-up that waits for a slot is not sent yet, so no output of claude can end it. */
const awaitingSlot: Row = {
  TURN_OPENED: 'stays',
  'RESULT_SEEN of an own turn': 'stays',
  PERMISSION_ASKED: 'stays',
  EXITED: 'stays',
  ADOPT: 'stays',
};

/** The expected state after each event. An event that is not listed changes nothing. */
const table: Record<Situation, Row> = {
  'spawning.queued': {
    ...imported,
    ...{ SLOT: 'spawning.starting', STOP: 'failed', STORAGE_FAILED: 'failed' },
    ...{ ADOPT: 'stays', EXITED: 'stays', PERMISSION_ASKED: 'stays' },
  },
  'spawning.starting': {
    ...imported,
    ...whileStarting,
    TURN_OPENED: 'running',
    'RESULT_SEEN as a failure of no prompt': 'failed',
    EXITED: 'failed',
    ADOPT: 'spawning.handed_over',
  },
  'spawning.handed_over': {
    ...imported,
    ...whileStarting,
    TURN_OPENED: 'running',
    INITIALIZED: 'spawning.starting',
    'RESULT_SEEN as a failure of no prompt': 'failed',
    EXITED: 'spawning.starting',
    ATTACHED: 'stays',
    ADOPT: 'stays',
  },
  running: inTurn,
  'running, an answer not acknowledged': {
    ...inTurn,
    REPLY_OVERDUE: 'stays',
    ANSWER_ACKNOWLEDGED: 'stays',
  },
  'running.background': { ...inBackground, EXITED: 'completed' },
  'running.background, failed': inBackground,
  'running, an own turn': {
    ...atWork,
    'RESULT_SEEN of an own turn': 'completed',
    'RESULT_SEEN as a failure of no prompt': 'failed',
  },
  'awaiting_permission, after the turn': {
    ...asking,
    EXITED: 'completed',
    ANSWER_PERMISSION: 'running.background',
    PERMISSION_WITHDRAWN: 'running.background',
  },
  'awaiting_permission, one request': {
    ...asking,
    ANSWER_PERMISSION: 'running',
    PERMISSION_WITHDRAWN: 'running',
  },
  'awaiting_permission, two requests': {
    ...asking,
    ANSWER_PERMISSION: 'stays',
    PERMISSION_WITHDRAWN: 'stays',
  },
  stopping: {
    RESULT_SEEN: 'stays',
    'RESULT_SEEN of an own turn': 'stays',
    'RESULT_SEEN as a failure': 'stays',
    'RESULT_SEEN as a failure of no prompt': 'stays',
    'RESULT_SEEN of another prompt': 'stays',
    PERMISSION_ASKED: 'stays',
    EXITED: 'failed',
    START_FAILED: 'failed',
    ADOPT: 'stays',
  },
  completed: { ...settled, ...withProcess, ...followUp },
  failed: { ...settled, ...withProcess, ...followUp },
  'failed, nothing left to do': { ...without(settled, 'DELIVERED'), ...followUp },
  'failed, session lost': { ...settled, 'RESUME with a session that was found': 'resumed.queued' },
  'resumed.queued, with a process': {
    ...awaitingSlot,
    SLOT: 'resumed.handed_over',
    STOP: 'stopping',
    STORAGE_FAILED: 'stopping',
  },
  'resumed.queued, without a process': {
    ...awaitingSlot,
    SLOT: 'resumed.starting',
    STOP: 'failed',
    STORAGE_FAILED: 'failed',
  },
  'resumed.handed_over': {
    ...resumed,
    INITIALIZED: 'resumed.starting',
    EXITED: 'resumed.starting',
    ATTACHED: 'stays',
    ADOPT: 'stays',
  },
  'resumed.starting': {
    ...resumed,
    'RESULT_SEEN as a failure of no prompt': 'failed',
    EXITED: 'failed',
    ADOPT: 'resumed.handed_over',
  },
};

const names = Object.keys(situations) as Situation[];

describe.each(names)('A worker that is %s', (situation) => {
  const worker = having(newWorker(), ...situations[situation]);
  const events = eventsFor(worker);
  const allowed: Row = { ...everywhere, ...table[situation] };
  const state = stateOf(worker);

  it('is in the state that the situation names', () => {
    expect(state).toBe(situation.split(',')[0]);
  });

  it.each(Object.keys(events) as EventName[])('reacts to %s as the table says', (name) => {
    const { next, actions } = step(worker, events[name]);
    const target = allowed[name];

    expect(worker.can(events[name])).toBe(target !== undefined);
    expect(stateOf(next)).toBe(target === undefined || target === 'stays' ? state : target);
    if (target === undefined) expect({ next, actions }).toEqual({ next: worker, actions: [] });
  });
});

function without(row: Row, ...names: EventName[]): Row {
  return Object.fromEntries(
    Object.entries(row).filter(([name]) => !names.some((one) => one === name)),
  );
}
