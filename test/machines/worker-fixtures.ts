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
  type TurnResult,
  type WorkerEvent,
  type WorkerSpec,
  workerMachine,
} from '../../machines/worker.ts';
import { stateText } from '../../src/journal/state-text.ts';

export type WorkerSnapshot = SnapshotFrom<typeof workerMachine>;

/** A command together with the actor that it goes to. */
export type Sent = { to: string } & (ProcessCommand | ArchiveCommand);

const spec: WorkerSpec = {
  worker_id: 'worker-1',
  session_id: 'session-1',
  description: 'A worker',
  agent_type: 'Explore',
  cwd: '/project',
  time_limit_seconds: 600,
  options: {},
};

/** A worker as it is born, before it has a slot. */
export function newWorker(changes: Partial<WorkerSpec> = {}): WorkerSnapshot {
  return initialTransition(workerMachine, inputOf(changes))[0];
}

/** A worker after some events, one after another. */
export function having(worker: WorkerSnapshot, ...events: WorkerEvent[]): WorkerSnapshot {
  return events.reduce((snapshot, event) => transition(workerMachine, snapshot, event)[0], worker);
}

/** What a worker becomes by an event, and what it commands its process and its archive to do. */
export function step(worker: WorkerSnapshot, event: WorkerEvent) {
  const [next, actions] = transition(workerMachine, worker, event);
  const commands = actions
    .filter((action) => action.type === 'xstate.sendTo')
    // The machine sends nothing but the two kinds of commands, and to nobody but its own actors.
    .map(({ params }) => ({ to: params.to.id, ...params.event }) as Sent);
  return { next, commands, actions };
}

export const stateOf = (worker: WorkerSnapshot): string => stateText(worker.value);

/** A real actor on a clock of its own, with every command that it gives. */
export function liveWorker(changes: Partial<WorkerSpec> = {}) {
  const commands: string[] = [];
  const clock = new SimulatedClock();
  const process = fromCallback<ProcessCommand, WorkerSpec>(({ receive }) =>
    receive(({ type }) => commands.push(type)),
  );
  const machine = workerMachine.provide({ actors: { process } });
  const actor = createActor(machine, { input: inputOf(changes), clock }).start();
  const tell = (...events: WorkerEvent[]) => {
    for (const event of events) actor.send(event);
  };
  const state = () => stateOf(actor.getSnapshot());
  return { actor, clock, commands, tell, state };
}

const inputOf = (changes: Partial<WorkerSpec>) => ({
  spec: { ...spec, ...changes },
  prompt: { id: 'prompt-1', text: 'Look around.' },
});

/** The events of a worker's life, in the words of the tests. */
export const slot = { type: 'SLOT' } satisfies WorkerEvent;
export const stop = { type: 'STOP' } satisfies WorkerEvent;
export const resume = {
  type: 'RESUME',
  prompt: { id: 'prompt-2', text: 'Go on.' },
} satisfies WorkerEvent;
export const started = {
  type: 'PROCESS_STARTED',
  pid: 4711,
  start_time: '1',
} satisfies WorkerEvent;
export const initialized = {
  type: 'INITIALIZED',
  agents: ['Explore', 'Plan'],
} satisfies WorkerEvent;
export const opened = { type: 'TURN_OPENED', model: 'claude-test' } satisfies WorkerEvent;

export const accepted = (prompt_id = 'prompt-1') =>
  ({ type: 'PROMPT_ACCEPTED', prompt_id }) as const;

export const exited = (changes: Partial<Failure> = {}) =>
  ({ type: 'EXITED', reason: 'crashed', hint: 'It fell.', returncode: 1, ...changes }) as const;

export const result = (changes: Partial<TurnResult> = {}) =>
  ({ type: 'RESULT_SEEN', result: { ...answered, ...changes } }) as const;

const answered: TurnResult = {
  failure: null,
  has_object: false,
  prompt_ids: ['prompt-1'],
  total_cost_usd: 0.5,
  cost_usd: 0.5,
  num_turns: 2,
  duration_ms: 1000,
  usage: { input_tokens: 10, output_tokens: 5 },
};

export const apiError: Failure = { reason: 'api_error', hint: 'API Error: 400', returncode: null };

export const asked = (cli_id: string, changes: Partial<PermissionRequest> = {}) => {
  const request = {
    request_id: `ours-${cli_id}`,
    cli_id,
    tool: 'Bash',
    input: {},
    suggestions: [],
  };
  return { type: 'PERMISSION_ASKED', request: { ...request, ...changes } } as const;
};

export const answer = (cli_id: string, changes: Partial<PermissionAnswer> = {}) =>
  ({
    type: 'ANSWER_PERMISSION',
    answer: { request_id: `ours-${cli_id}`, allow: true, ...changes },
    source: 'test',
  }) as const;

export const withdrawn = (cli_id: string) => ({ type: 'PERMISSION_WITHDRAWN', cli_id }) as const;

/** The ways into the states, each from the one before it. */
export const starting: WorkerEvent[] = [slot, started, initialized];
export const running: WorkerEvent[] = [...starting, accepted(), opened];
export const completed: WorkerEvent[] = [...running, result()];
