import type { WorkerEvent } from '../../machines/worker.ts';
import { apiError, on, until, type WorkerSnapshot } from './fixtures.ts';

const failing = { failure: apiError };

/** All situations of a worker: its states, divided where a guard matters. Each with its events. */
export const situations = {
  'spawning.queued': [],
  'spawning.starting': until.starting,
  'spawning.handed_over': [...until.starting, on.adopt],
  running: until.running,
  'running, an answer not acknowledged': [...until.running, on.asked('cli-1'), on.answer('cli-1')],
  'awaiting_permission, one request': [...until.running, on.asked('cli-1')],
  'awaiting_permission, two requests': [...until.running, on.asked('cli-1'), on.asked('cli-2')],
  'running.background': [...until.running, on.tasks('local_agent'), on.result()],
  'running.background, failed': [
    ...[...until.running, on.tasks('local_agent'), on.result(failing)],
  ],
  'running, an own turn': [...until.completed, on.opened],
  'awaiting_permission, after the turn': [...until.completed, on.asked('cli-1')],
  stopping: [...until.running, on.stop],
  completed: until.completed,
  failed: [...until.running, on.result(failing)],
  'failed, nothing left to do': [...until.running, on.exited(), on.saved, on.delivered],
  'failed, session lost': [...until.running, on.exited({ reason: 'session_lost' })],
  'resumed.queued, with a process': [...until.completed, on.resume],
  'resumed.queued, without a process': [...until.completed, on.exited(), on.resume],
  'resumed.handed_over': [...until.completed, on.resume, on.slot],
  'resumed.starting': until.resumedStarting,
} satisfies Record<string, WorkerEvent[]>;

/** Returns every event for this worker, also in the variants that a guard distinguishes. */
export const eventsFor = ({ context: { prompt_id, turn } }: WorkerSnapshot) => {
  const byType: { [T in WorkerEvent['type']]: Extract<WorkerEvent, { type: T }> } = {
    SLOT: on.slot,
    RESUME: on.resume,
    STOP: on.stop,
    ANSWER_PERMISSION: on.answer('cli-1'),
    RELEASE: { type: 'RELEASE' },
    ADOPT: on.adopt,
    INITIALIZED: on.initialized,
    START_FAILED: { type: 'START_FAILED', reason: 'spawn_error', hint: '', returncode: null },
    TURN_OPENED: on.opened,
    PROMPT_ACCEPTED: on.accepted(prompt_id),
    MESSAGE_SEEN: { type: 'MESSAGE_SEEN', role: 'assistant', brief: 'Hm.', model: null },
    API_RETRIED: { type: 'API_RETRIED', status: 401, attempt: 1, error: 'refused' },
    PERMISSION_ASKED: on.asked('cli-3'),
    PERMISSION_WITHDRAWN: on.withdrawn('cli-1'),
    ANSWER_ACKNOWLEDGED: { type: 'ANSWER_ACKNOWLEDGED', cli_id: 'cli-1' },
    CONTROL_ASKED: { type: 'CONTROL_ASKED', cli_id: 'cli-4', subtype: 'hook_callback' },
    RESULT_SEEN: on.result({ prompt_ids: [prompt_id] }),
    PROCESS_STARTED: on.started,
    ATTACHED: on.attached,
    EXITED: on.exited(),
    STORAGE_FAILED: on.storageFailed,
    DRAFTED: { type: 'DRAFTED', sha256: 'def' },
    SAVED: { ...on.saved, turn },
    SAVE_FAILED: { type: 'SAVE_FAILED', turn, hint: 'The disk is full.' },
    DELIVERED: on.delivered,
    IMPORTED: on.imported,
    SET_UP_CHANGED: { type: 'SET_UP_CHANGED', permission_mode: 'plan' },
    SESSION_CHANGED: on.session('idle'),
    TASKS_CHANGED: on.tasks('local_agent'),
    TASK_ENDED: on.taskEnded,
    TASKS_TOLD: { type: 'TASKS_TOLD' },
    TIME_LIMIT_REACHED: { type: 'TIME_LIMIT_REACHED' },
    REPLY_OVERDUE: { type: 'REPLY_OVERDUE' },
  };
  return {
    ...byType,
    'RESUME with a session that was found': { ...on.resume, session_found: true },
    'ANSWER_PERMISSION to an unknown request': on.answer('cli-9'),
    'IMPORTED as a failure': { ...on.imported, failure: apiError },
    'INITIALIZED without the agent': { type: 'INITIALIZED', agents: ['claude'] },
    'PROMPT_ACCEPTED of another prompt': on.accepted('prompt-0'),
    'API_RETRIED when overloaded': { ...byType.API_RETRIED, status: 529 },
    'PERMISSION_WITHDRAWN for an unknown request': on.withdrawn('cli-9'),
    'RESULT_SEEN as a failure': on.result({ ...failing, prompt_ids: [prompt_id] }),
    'RESULT_SEEN as a failure of no prompt': on.result({ ...failing, prompt_ids: [] }),
    'RESULT_SEEN of an own turn': on.result({ origin: 'task-notification', prompt_ids: [] }),
    'RESULT_SEEN of another prompt': on.result({ prompt_ids: ['prompt-0'] }),
    'SAVED of another turn': { ...on.saved, turn: turn - 1 },
  } satisfies Record<string, WorkerEvent>;
};

export type Situation = keyof typeof situations;
export type EventName = keyof ReturnType<typeof eventsFor>;
