import {
  createActor,
  fromCallback,
  initialTransition,
  SimulatedClock,
  type SnapshotFrom,
  transition,
} from 'xstate';
import {
  type ArchiveCommand,
  type Failure,
  type PermissionAnswer,
  type PermissionRequest,
  type ProcessCommand,
  type SessionState,
  type TurnResult,
  type WorkerEvent,
  type WorkerSpec,
  workerMachine,
} from '../../machines/worker.ts';
import { stateText } from '../../src/journal/state-text.ts';

export type WorkerSnapshot = SnapshotFrom<typeof workerMachine>;

/** A command and the id of the actor that gets it. */
export type SentCommand = { to: string } & (ProcessCommand | ArchiveCommand);

const spec: WorkerSpec = {
  worker_id: 'worker-1',
  session_id: 'session-1',
  description: 'A worker',
  agent_type: 'Explore',
  cwd: '/project',
  time_limit_seconds: 600,
  options: {},
};

const inputOf = (changes: Partial<WorkerSpec>) => ({
  spec: { ...spec, ...changes },
  prompt: { id: 'prompt-1', text: 'Look around.' },
});

/** Returns the first snapshot of a worker, which has no slot yet. */
export function newWorker(changes: Partial<WorkerSpec> = {}): WorkerSnapshot {
  return initialTransition(workerMachine, inputOf(changes))[0];
}

/** Returns the snapshot of a worker after some events. */
export function having(worker: WorkerSnapshot, ...events: WorkerEvent[]): WorkerSnapshot {
  return events.reduce((snapshot, event) => transition(workerMachine, snapshot, event)[0], worker);
}

/** Returns the snapshot after one event, and the commands to the process and to the archive. */
export function step(worker: WorkerSnapshot, event: WorkerEvent) {
  const [next, actions] = transition(workerMachine, worker, event);
  const commands = actions
    .filter((action) => action.type === 'xstate.sendTo')
    // Without a supervisor, the machine sends commands only, and only to its two actors.
    .map(({ params }) => ({ to: params.to.id, ...params.event }) as SentCommand);
  return { next, commands, actions };
}

export const stateOf = (worker: WorkerSnapshot): string => stateText(worker.value);

/** Starts a worker actor on a simulated clock; `commands` lists the commands to its process. */
export function liveWorker(changes: Partial<WorkerSpec> = {}) {
  const commands: string[] = [];
  const clock = new SimulatedClock();
  const process = fromCallback<ProcessCommand, WorkerSpec>(({ receive }) =>
    receive(({ type }) => commands.push(type)),
  );
  const machine = workerMachine.provide({ actors: { process } });
  const actor = createActor(machine, { input: inputOf(changes), clock }).start();
  const send = (...events: WorkerEvent[]) => {
    for (const event of events) actor.send(event);
  };
  const state = () => stateOf(actor.getSnapshot());
  return { actor, clock, commands, send, state };
}

export const apiError: Failure = { reason: 'api_error', hint: 'API Error: 400', returncode: null };

const success: TurnResult = {
  failure: null,
  has_object: false,
  prompt_ids: ['prompt-1'],
  total_cost_usd: 0.5,
  cost_usd: 0.5,
  num_turns: 2,
  duration_ms: 1000,
  usage: { input_tokens: 10, output_tokens: 5 },
};

const bashRequest = { tool: 'Bash', input: {}, suggestions: [] };

/** The events of a worker. */
export const on = {
  slot: { type: 'SLOT' },
  stop: { type: 'STOP' },
  resume: { type: 'RESUME', prompt: { id: 'prompt-2', text: 'Go on.' } },
  adopt: { type: 'ADOPT', owner: 'another server' },
  started: { type: 'PROCESS_STARTED', pid: 4711, start_time: '1' },
  attached: { type: 'ATTACHED' },
  initialized: { type: 'INITIALIZED', agents: ['Explore', 'Plan'] as string[] },
  opened: { type: 'TURN_OPENED', model: 'claude-test' },
  saved: { type: 'SAVED', turn: 1, sha256: 'abc' },
  delivered: { type: 'DELIVERED' },
  imported: {
    ...{ type: 'IMPORTED', turns: 3, failure: null, model: 'claude-test' },
    totals: { cost_usd: 1, num_turns: 2, duration_ms: 3, usage: {} },
  },
  storageFailed: { type: 'STORAGE_FAILED', hint: 'The disk is full.' },
  accepted: (prompt_id = 'prompt-1') => ({ type: 'PROMPT_ACCEPTED', prompt_id }),
  exited: (changes: Partial<Failure> = {}) => ({
    ...{ type: 'EXITED', reason: 'crashed', hint: 'It crashed.', returncode: 1 },
    ...changes,
  }),
  result: (changes: Partial<TurnResult> = {}) => ({
    type: 'RESULT_SEEN',
    result: { ...success, ...changes },
  }),
  asked: (cli_id: string, changes: Partial<PermissionRequest> = {}) => ({
    type: 'PERMISSION_ASKED',
    request: { request_id: `ours-${cli_id}`, cli_id, ...bashRequest, ...changes },
  }),
  answer: (cli_id: string, changes: Partial<PermissionAnswer> = {}) => ({
    type: 'ANSWER_PERMISSION',
    answer: { request_id: `ours-${cli_id}`, allow: true, ...changes },
    source: 'test',
  }),
  session: (state: SessionState) => ({ type: 'SESSION_CHANGED', state }),
  tasks: (...types: string[]) => ({
    type: 'TASKS_CHANGED',
    tasks: types.map((type, index) => ({ id: `task-${index + 1}`, type, description: type })),
  }),
  taskEnded: { type: 'TASK_ENDED', id: 'task-1', status: 'completed' },
  withdrawn: (cli_id: string) => ({ type: 'PERMISSION_WITHDRAWN', cli_id }),
} as const satisfies Record<string, WorkerEvent | ((...args: never[]) => WorkerEvent)>;

const starting: WorkerEvent[] = [on.slot, on.started, on.initialized];
const running: WorkerEvent[] = [...starting, on.accepted(), on.opened];
const completed: WorkerEvent[] = [...running, on.result()];
const resumedStarting: WorkerEvent[] = [
  ...completed,
  ...[on.exited(), on.resume, on.slot, on.started],
];

/** The events of a new worker until it is in a state. */
export const until = { starting, running, completed, resumedStarting };
