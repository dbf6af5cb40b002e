import type { WorkerEvent } from '../../machines/worker.ts';
import {
  accepted,
  answer,
  apiError,
  asked,
  completed,
  exited,
  initialized,
  opened,
  result,
  resume,
  running,
  slot,
  started,
  starting,
  stop,
  type WorkerSnapshot,
  withdrawn,
} from './worker-fixtures.ts';

const saved = { type: 'SAVED', turn: 1, sha256: 'abc' } as const;
const delivered = { type: 'DELIVERED' } as const;
const failing = { failure: apiError };

/** Every state, in the situations in which it answers differently, and how to get there. */
export const situations = {
  'spawning.queued': [],
  'spawning.starting': starting,
  'spawning.handed_over': [...starting, { type: 'ADOPT', owner: 'another server' }],
  running,
  'running, an answer not acknowledged': [...running, asked('cli-1'), answer('cli-1')],
  'awaiting_permission, one request': [...running, asked('cli-1')],
  'awaiting_permission, two requests': [...running, asked('cli-1'), asked('cli-2')],
  stopping: [...running, stop],
  completed,
  failed: [...running, result(failing)],
  'failed, nothing left to do': [...running, exited(), saved, delivered],
  'failed, session lost': [...running, exited({ reason: 'session_lost' })],
  'resumed.queued, with a process': [...completed, resume],
  'resumed.queued, without a process': [...completed, exited(), resume],
  'resumed.handed_over': [...completed, resume, slot],
  'resumed.starting': [...completed, exited(), resume, slot, started],
} satisfies Record<string, WorkerEvent[]>;

/** Every event, fit for the worker that gets it, and its variants that a guard tells apart. */
export const eventsFor = ({ context: { prompt_id, turn } }: WorkerSnapshot) => {
  const byType: { [T in WorkerEvent['type']]: Extract<WorkerEvent, { type: T }> } = {
    SLOT: slot,
    RESUME: resume,
    STOP: stop,
    ANSWER_PERMISSION: answer('cli-1'),
    RELEASE: { type: 'RELEASE' },
    ADOPT: { type: 'ADOPT', owner: 'another server' },
    INITIALIZED: initialized,
    START_FAILED: { type: 'START_FAILED', reason: 'spawn_error', hint: '', returncode: null },
    TURN_OPENED: opened,
    PROMPT_ACCEPTED: accepted(prompt_id),
    MESSAGE_SEEN: { type: 'MESSAGE_SEEN', role: 'assistant', brief: 'Hm.', model: null },
    API_RETRIED: { type: 'API_RETRIED', status: 401, attempt: 1, error: 'refused' },
    PERMISSION_ASKED: asked('cli-3'),
    PERMISSION_WITHDRAWN: withdrawn('cli-1'),
    ANSWER_ACKNOWLEDGED: { type: 'ANSWER_ACKNOWLEDGED', cli_id: 'cli-1' },
    CONTROL_ASKED: { type: 'CONTROL_ASKED', cli_id: 'cli-4', subtype: 'hook_callback' },
    RESULT_SEEN: result({ prompt_ids: [prompt_id] }),
    PROCESS_STARTED: started,
    ATTACHED: { type: 'ATTACHED' },
    EXITED: exited(),
    STORAGE_FAILED: { type: 'STORAGE_FAILED', hint: 'The disk is full.' },
    DRAFTED: { type: 'DRAFTED', sha256: 'def' },
    SAVED: { ...saved, turn },
    SAVE_FAILED: { type: 'SAVE_FAILED', turn, hint: 'The disk is full.' },
    DELIVERED: delivered,
    TIME_LIMIT_REACHED: { type: 'TIME_LIMIT_REACHED' },
  };
  return {
    ...byType,
    'ANSWER_PERMISSION to a strange request': answer('cli-9'),
    'INITIALIZED without the agent': { type: 'INITIALIZED', agents: ['claude'] },
    'PROMPT_ACCEPTED of another prompt': accepted('prompt-0'),
    'API_RETRIED when overloaded': { ...byType.API_RETRIED, status: 529 },
    'PERMISSION_WITHDRAWN for a strange request': withdrawn('cli-9'),
    'RESULT_SEEN as a failure': result({ ...failing, prompt_ids: [prompt_id] }),
    'RESULT_SEEN as a failure of no prompt': result({ ...failing, prompt_ids: [] }),
    'RESULT_SEEN of another prompt': result({ prompt_ids: ['prompt-0'] }),
    'SAVED of another turn': { ...saved, turn: turn - 1 },
  } satisfies Record<string, WorkerEvent>;
};

export type Situation = keyof typeof situations;
export type EventName = keyof ReturnType<typeof eventsFor>;
