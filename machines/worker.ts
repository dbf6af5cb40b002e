import {
  type ActorSystem,
  type AnyActorRef,
  assign,
  cancel,
  enqueueActions,
  fromCallback,
  sendTo,
  setup,
} from 'xstate';

/**
 * One worker: a conversation with one `claude` session, in turns.
 *
 * The file begins with the chart, state by state; `workerMachine` at its end lists all states. Then
 * come the vocabulary (delays, guards, actions) and the contract (the data of a worker, its events).
 *
 * The chart is pure. The clock, ids and all input come inside events. Two invoked actors handle the
 * process and the history file; the machine only sends them commands.
 */

/**
 * The version of this chart. A journal names it, so that a later chart can migrate the journal: see
 * migrations.ts. The journals of 0.1.0 name no version; they belong to version 1.
 */
export const chartVersion = 5;

const chart = vocabulary();

/** The actions when another server takes over a worker in a turn. */
const adopting = [
  'keepSlot',
  'attachProcess',
  'resendAnswers',
  { type: 'awaitReply', params: 'acknowledged' },
  'disarmTimeLimit',
  'armTimeLimit',
] as const;

/** The transitions of a turn, both in `running` and in `awaiting_permission`. */
const whileInTurn = {
  MESSAGE_SEEN: { actions: 'noteModel' },
  TIME_LIMIT_REACHED: {
    target: '#worker.stopping',
    actions: { type: 'endBecause', params: 'time_limit' },
  },
  STOP: { target: '#worker.stopping', actions: { type: 'endBecause', params: 'stopped' } },
  STORAGE_FAILED: { target: '#worker.stopping', actions: 'endForStorage' },
  ANSWER_ACKNOWLEDGED: {
    guard: 'isUnacknowledged',
    actions: ['acknowledgeAnswer', { type: 'awaitReply', params: 'acknowledged' }],
  },
  REPLY_OVERDUE: [
    { guard: 'canSendAgain', actions: 'sendAgain' },
    { guard: 'isAwaited', target: '#worker.stopping', actions: 'endForSilence' },
  ],
  ADOPT: { actions: [...adopting] },
} as const;

/** The actions when a request gets its answer. */
const answering = [
  'sendAnswer',
  { type: 'awaitReply', params: 'acknowledged' },
  'rememberAnswer',
  'noteApproval',
  'closeRequest',
] as const;

/** The actions when `claude` opens a turn by itself. */
const ownTurn = [
  'beginOwnTurn',
  'noteModel',
  'noteSum',
  'noteSetUp',
  'disarmTimeLimit',
  'armTimeLimit',
] as const;

/** The transitions of both settled states. */
const whenSettled = {
  SAVED: { guard: 'isThisTurn', actions: 'markSaved' },
  SAVE_FAILED: { guard: 'isThisTurn', actions: 'markUnsaved' },
  DELIVERED: { guard: 'isUndelivered', actions: 'markDelivered' },
  EXITED: { actions: 'forgetProcess' },
  RELEASE: { guard: 'hasProcess', actions: ['endTasks', 'terminateProcess'] },
  TURN_OPENED: {
    guard: 'hasProcess',
    target: 'running',
    actions: ['holdSlot', 'keepSlot', ...ownTurn],
  },
  PERMISSION_ASKED: [
    {
      guard: 'hasProcess',
      target: 'awaiting_permission',
      actions: ['holdSlot', 'keepSlot', 'openRequest', 'markTurnEnded', 'armTimeLimit'],
    },
    { actions: 'refuseRequest' },
  ],
  // The next turn needs a process that can be followed.
  STORAGE_FAILED: { guard: 'hasProcess', actions: 'terminateProcess' },
  ADOPT: [
    { guard: 'isUnsaved', actions: ['attachIdleProcess', 'saveHistory'] },
    { actions: 'attachIdleProcess' },
  ],
} as const;

/** Both for the first turn and for a follow-up. */
const queued = chart.createStateConfig({
  description: 'Waits for a slot. The number of slots limits how many workers run at once.',
  entry: 'requestSlot',
  on: {
    SLOT: [
      {
        guard: 'hasProcess',
        target: 'handed_over',
        actions: ['holdSlot', 'sendPrompt', { type: 'awaitReply', params: 'accepted' }],
      },
      { target: 'starting', actions: ['holdSlot', 'startProcess'] },
    ],
    EXITED: { actions: 'forgetProcess' },
    STOP: [
      {
        guard: 'hasProcess',
        target: '#worker.stopping',
        actions: [{ type: 'endBecause', params: 'stopped' }, 'terminateProcess'],
      },
      { target: '#worker.failed', actions: { type: 'fail', params: 'stopped' } },
    ],
    STORAGE_FAILED: [
      {
        guard: 'hasProcess',
        target: '#worker.stopping',
        actions: ['endForStorage', 'terminateProcess'],
      },
      { target: '#worker.failed', actions: 'failForStorage' },
    ],
    ADOPT: { target: 'queued', reenter: true, actions: 'attachIdleProcess' },
  },
});

/** The transitions between the slot and the begin of the turn, with a new process or an older one. */
const whileStarting = {
  PROMPT_ACCEPTED: [
    {
      guard: 'isThisPromptBesideRequest',
      target: '#worker.awaiting_permission',
      actions: ['acceptPrompt', 'stopAwaiting', 'armTimeLimit'],
    },
    {
      guard: 'isThisPrompt',
      target: '#worker.running',
      actions: ['acceptPrompt', 'stopAwaiting', 'armTimeLimit'],
    },
  ],
  PROCESS_STARTED: { actions: ['noteProcess', { type: 'awaitReply', params: 'initialized' }] },
  // The lines of a start and a prompt can be sent to the same process again: it obeys them once.
  REPLY_OVERDUE: { guard: 'canSendAgain', actions: 'sendAgain' },
  START_FAILED: { target: '#worker.failed', actions: ['failAsTold', 'terminateProcess'] },
  STOP: {
    target: '#worker.stopping',
    actions: [{ type: 'endBecause', params: 'stopped' }, 'terminateProcess'],
  },
  STORAGE_FAILED: { target: '#worker.stopping', actions: ['endForStorage', 'terminateProcess'] },
  ADOPT: { target: 'handed_over', reenter: true, actions: ['keepSlot', 'attachProcess'] },
} as const;

/** With a new process. */
const starting = chart.createStateConfig({
  description: 'A new process starts; the turn has not begun yet.',
  on: {
    ...whileStarting,
    INITIALIZED: [
      {
        guard: 'agentIsKnown',
        actions: ['noteModels', 'sendPrompt', { type: 'awaitReply', params: 'accepted' }],
      },
      { target: '#worker.failed', actions: ['failForAgent', 'terminateProcess'] },
    ],
    RESULT_SEEN: {
      guard: 'isFailureToStart',
      target: '#worker.failed',
      actions: ['addTotals', 'failAsTold', 'noteRefusal'],
    },
    EXITED: [
      // An earlier process can have begun the session and died before it wrote that its turn is open.
      {
        guard: 'hasFoundSession',
        actions: ['forgetProcess', 'stopAwaiting', 'beginSession', 'startProcess'],
      },
      { target: '#worker.failed', actions: ['failAsTold', 'forgetProcess'] },
    ],
  },
  after: {
    startDeadline: {
      target: '#worker.failed',
      actions: [{ type: 'fail', params: 'start_timeout' }, 'killProcess'],
    },
  },
});

/** With an older process: of an earlier turn, or of an earlier server. */
const handed_over = chart.createStateConfig({
  description:
    'An older process has the prompt. If it exits or stays busy, a new process gets the prompt.',
  on: {
    ...whileStarting,
    ATTACHED: { actions: 'killProcess' },
    // The process is ready only now, so no earlier owner can have sent it the prompt.
    INITIALIZED: [
      {
        guard: 'agentIsKnown',
        target: 'starting',
        actions: ['noteModels', 'sendPrompt', { type: 'awaitReply', params: 'accepted' }],
      },
      { target: '#worker.failed', actions: ['failForAgent', 'terminateProcess'] },
    ],
    RESULT_SEEN: {
      guard: 'isFailureOfPrompt',
      target: '#worker.failed',
      actions: ['addTotals', 'failAsTold', 'noteRefusal'],
    },
    EXITED: [
      {
        guard: 'hasFoundSession',
        target: 'starting',
        actions: ['forgetProcess', 'stopAwaiting', 'beginSession', 'startProcess'],
      },
      { target: 'starting', actions: ['forgetProcess', 'stopAwaiting', 'startProcess'] },
    ],
  },
  after: {
    startDeadline: { actions: 'killProcess' },
    handOverDeadline: {
      target: '#worker.failed',
      actions: { type: 'fail', params: 'start_timeout' },
    },
  },
});

const spawning = chart.createStateConfig({
  description: 'The first turn starts.',
  tags: 'active',
  initial: 'queued',
  states: { queued, starting, handed_over },
  on: {
    IMPORTED: [
      { guard: 'isImportedFailure', target: 'failed', actions: 'takeOver' },
      { target: 'completed', actions: 'takeOver' },
    ],
    TURN_OPENED: {
      guard: 'holdsSlot',
      target: 'running',
      actions: [
        'acceptPrompt',
        'stopAwaiting',
        'beginSession',
        'noteModel',
        'noteSum',
        'noteSetUp',
        'armTimeLimit',
      ],
    },
    PERMISSION_ASKED: { actions: 'refuseRequest' },
  },
});

const resumed = chart.createStateConfig({
  description: 'A follow-up turn starts, in the living process or in a new process.',
  tags: 'active',
  initial: 'queued',
  states: { queued, starting, handed_over },
  on: {
    // An older process may open a turn by itself; only the id of our prompt shows that ours began.
    TURN_OPENED: { actions: ['beginSession', 'noteModel', 'noteSum', 'noteSetUp'] },
    // A new process tells its model of work that was lost with the last process, in a turn of its own.
    RESULT_SEEN: { guard: 'isOwnResult', actions: 'addTotals' },
    PERMISSION_ASKED: { actions: ['openRequest'] },
    ANSWER_PERMISSION: { guard: 'isOpenRequest', actions: [...answering] },
    PERMISSION_WITHDRAWN: { guard: 'isOpenRequest', actions: 'closeRequest' },
  },
});

const turn = chart.createStateConfig({
  description: 'The turn of a prompt runs, or a turn that claude has opened by itself.',
  on: {
    TURN_OPENED: { actions: ['beginSession', 'noteModel', 'noteSum', 'noteSetUp'] },
    RESULT_SEEN: [
      {
        guard: 'isLastAnswer',
        target: '#worker.completed',
        actions: ['addTotals', 'endTurn', 'noteRefusal', 'noteChoice'],
      },
      {
        guard: 'isLastFailure',
        target: '#worker.failed',
        actions: ['addTotals', 'endTurn', 'noteRefusal'],
      },
      {
        guard: 'endsTurn',
        target: 'background',
        actions: ['addTotals', 'endTurn', 'noteRefusal', 'noteChoice'],
      },
      { guard: 'isOwnResult', actions: 'addTotals' },
    ],
    EXITED: { target: '#worker.failed', actions: ['failAsTold', 'forgetProcess'] },
  },
});

/** The turn has ended, and the session is not idle yet. */
const background = chart.createStateConfig({
  description: 'The turn has ended, and agents or commands in the background still work.',
  on: {
    TURN_OPENED: { target: 'turn', actions: [...ownTurn] },
    SESSION_CHANGED: [
      { guard: 'isIdleAndFailed', target: '#worker.failed', actions: 'noteSession' },
      { guard: 'isIdle', target: '#worker.completed', actions: 'noteSession' },
      // An ended task has a turn about it, which begins at once if it begins at all.
      { target: 'background', reenter: true, actions: 'noteSession' },
    ],
    TASKS_CHANGED: { target: 'background', reenter: true, actions: 'noteTasks' },
    ADOPT: { target: 'background', reenter: true, actions: [...adopting] },
    EXITED: [
      { guard: 'hasFailed', target: '#worker.failed', actions: 'forgetProcess' },
      { target: '#worker.completed', actions: 'forgetProcess' },
    ],
  },
  after: {
    ownTurnGrace: [
      { guard: 'isOverAndFailed', target: '#worker.failed' },
      { guard: 'isOver', target: '#worker.completed' },
    ],
    idleDeadline: [
      { guard: 'isWithoutTasksAndFailed', target: '#worker.failed' },
      { guard: 'isWithoutTasks', target: '#worker.completed' },
    ],
  },
});

const running = chart.createStateConfig({
  description: 'A turn runs, or work of it goes on in the background.',
  tags: 'active',
  initial: 'turn',
  states: { turn, background },
  on: {
    ...whileInTurn,
    PERMISSION_ASKED: {
      target: 'awaiting_permission',
      actions: ['openRequest', { type: 'awaitReply', params: 'acknowledged' }],
    },
  },
});

const awaiting_permission = chart.createStateConfig({
  description: 'One or more tool calls wait for an answer. Only an answer lets them run.',
  tags: 'active',
  on: {
    ...whileInTurn,
    PERMISSION_ASKED: { actions: ['openRequest', { type: 'awaitReply', params: 'acknowledged' }] },
    // A request belongs to the process: it stays open when the turn ends around it.
    TURN_OPENED: [
      { guard: 'hasTurnEnded', actions: [...ownTurn] },
      { actions: ['beginSession', 'noteModel', 'noteSum', 'noteSetUp'] },
    ],
    RESULT_SEEN: [
      { guard: 'endsTurn', actions: ['addTotals', 'endTurn', 'noteRefusal', 'noteChoice'] },
      { guard: 'isOwnResult', actions: 'addTotals' },
    ],
    EXITED: [
      { guard: 'hasTurnFailed', target: 'failed', actions: 'forgetProcess' },
      { guard: 'hasTurnEnded', target: 'completed', actions: 'forgetProcess' },
      { target: 'failed', actions: ['failAsTold', 'forgetProcess'] },
    ],
    ANSWER_PERMISSION: [
      { guard: 'isLastAfterTurn', target: 'running.background', actions: [...answering] },
      { guard: 'isLastRequest', target: 'running', actions: [...answering] },
      { guard: 'isOpenRequest', actions: [...answering] },
    ],
    PERMISSION_WITHDRAWN: [
      { guard: 'isLastAfterTurn', target: 'running.background', actions: 'closeRequest' },
      { guard: 'isLastRequest', target: 'running', actions: 'closeRequest' },
      { guard: 'isOpenRequest', actions: 'closeRequest' },
    ],
  },
});

const stopping = chart.createStateConfig({
  description: 'The process must end: an interrupt, then TERM, then KILL of its process group.',
  tags: 'active',
  // An interrupted claude ends its agents first, and only then says that they are gone.
  entry: ['closeAllRequests', 'endTasks', 'stopAwaiting', 'interruptProcess'],
  on: {
    RESULT_SEEN: { actions: ['addTotals', 'terminateProcess'] },
    PERMISSION_ASKED: { actions: 'refuseRequest' },
    EXITED: { target: 'failed', actions: ['failAsEnding', 'forgetProcess'] },
    START_FAILED: { target: 'failed', actions: 'failAsEnding' },
    ADOPT: { target: 'stopping', reenter: true, actions: ['keepSlot', 'attachProcess'] },
  },
  after: {
    interruptGrace: { actions: 'terminateProcess' },
    terminateGrace: { actions: 'killProcess' },
    killGrace: {
      target: 'failed',
      actions: 'failAsStuck',
    },
  },
});

const completed = chart.createStateConfig({
  description: 'The turn ended with an answer. The worker can be resumed.',
  tags: 'settled',
  entry: ['freeSlot', 'closeAllRequests', 'stopAwaiting', 'disarmTimeLimit', 'saveHistory'],
  on: {
    ...whenSettled,
    RESUME: { target: 'resumed', actions: 'beginTurn' },
  },
});

const failed = chart.createStateConfig({
  description: 'The turn ended without an answer, for a reason. The worker can be resumed.',
  tags: 'settled',
  entry: [
    'freeSlot',
    'closeAllRequests',
    'stopAwaiting',
    'disarmTimeLimit',
    'saveHistory',
    'leaveWithoutModel',
  ],
  on: {
    ...whenSettled,
    RESUME: { guard: 'hasSession', target: 'resumed', actions: 'beginTurn' },
  },
});

/** The transitions of every state. */
const always = {
  PROCESS_STARTED: { actions: 'noteProcess' },
  CONTROL_ASKED: { actions: 'refuseControl' },
  DRAFTED: { actions: 'noteDraft' },
  SET_UP_CHANGED: { actions: 'noteSetUp' },
  SESSION_CHANGED: { actions: 'noteSession' },
  TASKS_CHANGED: { actions: 'noteTasks' },
  TASK_ENDED: { guard: 'isBackgroundTask', actions: 'oweTurn' },
  TASKS_TOLD: { actions: 'payTurn' },
} as const;

export const workerMachine = chart.createMachine({
  id: 'worker',
  context: newWorker,
  invoke: [
    { id: 'process', src: 'process', input: ({ context }) => context.spec },
    { id: 'archive', src: 'archive', input: ({ context }) => context.spec },
  ],
  on: always,
  initial: 'spawning',
  states: { spawning, running, awaiting_permission, stopping, completed, failed, resumed },
});

/** Returns the vocabulary of the chart: its guards, actions, delays and actors by name. */
function vocabulary() {
  return setup({
    types: {
      input: {} as WorkerInput,
      context: {} as WorkerContext,
      events: {} as WorkerEvent,
      tags: {} as 'settled' | 'active',
    },
    actors: {
      process: fromCallback<ProcessCommand, WorkerSpec>(() => {}),
      archive: fromCallback<ArchiveCommand, WorkerSpec>(() => {}),
    },
    delays: {
      startDeadline: 60_000,
      // The start deadline, when an older process that does not take the prompt is killed, and 13 s.
      handOverDeadline: 73_000,
      interruptGrace: 3_000,
      terminateGrace: 8_000,
      killGrace: 13_000,
      // Measured: a turn about an ended task opens within 0.2 seconds.
      ownTurnGrace: 3_000,
      // A session without tasks is idle at once. Where the line about it is lost, nothing waits longer.
      idleDeadline: 60_000,
      // A reply comes within milliseconds; a process that starts needs seconds. Each time twice as long.
      replyDeadline: ({ context: { awaited } }) =>
        (awaited?.reply === 'initialized' ? 15_000 : 4_000) * 2 ** (awaited?.sent_again ?? 0),
      timeLimit: ({ context }) => (context.spec.time_limit_seconds ?? 0) * 1000,
    },
    guards: {
      agentIsKnown: ({ context, event }) =>
        event.type === 'INITIALIZED' &&
        (context.spec.agent_type === null || event.agents.includes(context.spec.agent_type)),
      isThisPrompt: ({ context, event }) =>
        event.type === 'PROMPT_ACCEPTED' && event.prompt_id === context.prompt_id,
      isThisPromptBesideRequest: ({ context, event }) =>
        event.type === 'PROMPT_ACCEPTED' &&
        event.prompt_id === context.prompt_id &&
        context.requests.length > 0,
      endsTurn: ({ context, event }) => event.type === 'RESULT_SEEN' && endsTurn(context, event),
      isOwnResult: ({ event }) => event.type === 'RESULT_SEEN' && isOwn(event.result),
      isLastAnswer: ({ context, event }) =>
        event.type === 'RESULT_SEEN' &&
        endsTurn(context, event) &&
        isOver(context) &&
        !failureIn(context, event.result),
      isLastFailure: ({ context, event }) =>
        event.type === 'RESULT_SEEN' &&
        endsTurn(context, event) &&
        isOver(context) &&
        !!failureIn(context, event.result),
      hasTurnEnded: ({ context }) => context.turn_ended,
      hasTurnFailed: ({ context }) => context.turn_ended && context.failure !== null,
      hasFailed: ({ context }) => context.failure !== null,
      isIdle: ({ context, event }) => isIdleAfter(context, event),
      isIdleAndFailed: ({ context, event }) =>
        isIdleAfter(context, event) && context.failure !== null,
      isOver: ({ context }) => isOver({ ...context, owes_turn: false }),
      isOverAndFailed: ({ context }) =>
        isOver({ ...context, owes_turn: false }) && context.failure !== null,
      isWithoutTasks: ({ context }) => context.tasks.length === 0,
      isWithoutTasksAndFailed: ({ context }) =>
        context.tasks.length === 0 && context.failure !== null,
      isBackgroundTask: ({ context, event }) =>
        event.type === 'TASK_ENDED' && context.tasks.some(({ id }) => id === event.id),
      isLastAfterTurn: ({ context, event }) =>
        context.turn_ended && namesOpenRequest(context, event) && context.requests.length === 1,
      // An answer without its object is no failure here: a new process may first end a turn of its own.
      isFailureToStart: ({ context, event }) =>
        event.type === 'RESULT_SEEN' &&
        event.result.failure !== null &&
        !isOwn(event.result) &&
        belongs(context, event),
      isFailureOfPrompt: ({ context, event }) =>
        event.type === 'RESULT_SEEN' &&
        event.result.failure !== null &&
        namesPrompt(context, event),
      isOpenRequest: ({ context, event }) => namesOpenRequest(context, event),
      isLastRequest: ({ context, event }) =>
        namesOpenRequest(context, event) && context.requests.length === 1,
      isImportedFailure: ({ event }) => event.type === 'IMPORTED' && event.failure !== null,
      hasProcess: ({ context }) => context.process !== null,
      holdsSlot: ({ context }) => context.slot === 'held',
      isUnacknowledged: ({ context, event }) =>
        context.unacknowledged.some(({ request }) => isNamed(request, event)),
      isAwaited: ({ context }) => context.awaited !== null,
      canSendAgain: ({ context: { awaited } }) => awaited !== null && awaited.sent_again < 3,
      hasFoundSession: ({ context, event }) =>
        event.type === 'EXITED' && event.session_exists === true && !context.session_begun,
      hasSession: ({ context, event }) =>
        context.failure?.reason !== 'session_lost' ||
        (event.type === 'RESUME' && event.session_found === true),
      isUndelivered: ({ context, event }) =>
        !context.delivered &&
        event.type === 'DELIVERED' &&
        (event.turn ?? context.turn) === context.turn,
      isUnsaved: ({ context }) => !context.saved,
      isThisTurn: ({ context, event }) => 'turn' in event && event.turn === context.turn,
    },
    actions: {
      // Not sendParent: it throws without a parent, and a replayed worker has no parent.
      requestSlot: enqueueActions(({ context, system, enqueue }) => {
        enqueue.assign({ slot: 'wanted' });
        const { worker_id } = context.spec;
        const supervisor = supervisorIn(system);
        if (supervisor) enqueue.sendTo(supervisor, { type: 'SLOT_WANTED', worker_id });
      }),
      holdSlot: assign({ slot: 'held' }),
      freeSlot: enqueueActions(({ context, system, enqueue }) => {
        enqueue.assign({ slot: 'none' });
        const { worker_id } = context.spec;
        const supervisor = supervisorIn(system);
        if (supervisor) enqueue.sendTo(supervisor, { type: 'SLOT_FREED', worker_id });
      }),
      // The process works already, so nobody gives out a slot; the supervisor of this server must count it.
      keepSlot: enqueueActions(({ context, system, enqueue }) => {
        const { worker_id } = context.spec;
        const supervisor = supervisorIn(system);
        if (supervisor) enqueue.sendTo(supervisor, { type: 'SLOT_KEPT', worker_id });
      }),
      startProcess: sendTo('process', ({ context }) => ({
        type: 'START',
        resume: context.session_begun,
        remembered: context.remembered,
        ...carriedOver(context),
      })),
      attachProcess: sendTo('process', ({ context }) => ({
        type: 'ATTACH',
        process: context.process,
        is_idle: false,
      })),
      attachIdleProcess: enqueueActions(({ context, enqueue }) => {
        if (context.process === null) return;
        enqueue.sendTo('process', { type: 'ATTACH', process: context.process, is_idle: true });
      }),
      noteProcess: assign(({ context, event }) =>
        event.type === 'PROCESS_STARTED'
          ? {
              process: processIn(event),
              process_cost_usd: context.totals.cost_usd,
              has_process_cost: false,
            }
          : {},
      ),
      // What it asked for and what it worked on in the background is gone with it.
      forgetProcess: assign(({ context }) => ({
        ...{ process: null, requests: [], unacknowledged: [] },
        ...{ session_state: null, owes_turn: false },
        ...endedTasks(context),
      })),
      sendPrompt: sendTo('process', ({ context }) => promptCommand(context)),
      beginTurn: assign(({ context, event }) =>
        event.type === 'RESUME'
          ? {
              turn: context.turn + 1,
              prompt: event.prompt,
              prompt_id: event.prompt.id,
              choice: choiceIn(event.prompt),
              left_folder: null,
              is_own_turn: false,
              turn_ended: false,
              ended_tasks: [],
              other_model: event.model ?? context.other_model,
              unacknowledged: [],
              failure: null,
              ending: null,
              saved: false,
              save_error: null,
              warning: null,
              delivered: false,
            }
          : {},
      ),
      takeOver: assign(({ event }) => {
        if (event.type !== 'IMPORTED') return {};
        const { turns, failure, model, totals } = event;
        return { turn: turns, failure, model, totals, prompt: null, session_begun: true };
      }),
      beginOwnTurn: assign(({ context }) => ({
        ...{ turn: context.turn + 1, is_own_turn: true, turn_ended: false, owes_turn: false },
        ...{ prompt: null, failure: null, ending: null, delivered: false },
        ...{ saved: false, save_error: null, warning: null },
      })),
      endTurn: assign(({ context, event }) =>
        event.type === 'RESULT_SEEN'
          ? { turn_ended: true, failure: failureIn(context, event.result) }
          : {},
      ),
      // The request came after the turn, so its answer does not begin a turn.
      markTurnEnded: assign({ turn_ended: true }),
      noteSession: assign(({ context, event }) =>
        event.type === 'SESSION_CHANGED'
          ? {
              session_state: event.state,
              owes_turn: context.owes_turn && event.state !== 'running',
            }
          : {},
      ),
      noteTasks: assign(({ event }) =>
        event.type === 'TASKS_CHANGED' ? { tasks: event.tasks } : {},
      ),
      oweTurn: assign({ owes_turn: true }),
      payTurn: assign({ owes_turn: false }),
      endTasks: assign(({ context }) => endedTasks(context)),
      acceptPrompt: assign({ prompt: null }),
      // claude writes the session file when a turn opens; before that, it finds no session to resume.
      beginSession: assign({ session_begun: true }),
      noteModel: assign(({ event }) =>
        (event.type === 'TURN_OPENED' || event.type === 'MESSAGE_SEEN') && event.model !== null
          ? { model: event.model }
          : {},
      ),
      noteSum: assign(({ event }) =>
        event.type === 'TURN_OPENED' ? { counts_by_process: event.counts_by_process === true } : {},
      ),
      noteSetUp: assign(({ context, event }) =>
        event.type === 'TURN_OPENED' || event.type === 'SET_UP_CHANGED'
          ? setUpAfter(context, event)
          : {},
      ),
      noteApproval: assign(({ context, event }) => {
        if (event.type !== 'ANSWER_PERMISSION' || !event.answer.allow) return {};
        const request = context.requests.find((open) => isNamed(open, event));
        return request?.tool === 'ExitPlanMode' ? { plan_approved: true } : {};
      }),
      noteChoice: assign(({ context: { choice }, event }) => {
        if (event.type !== 'RESULT_SEEN' || choice === null) return {};
        if (event.result.chosen !== choice.what) return {};
        return choice.what === 'model'
          ? { other_model: choice.name }
          : { other_effort: choice.name };
      }),
      noteModels: assign(({ event }) =>
        event.type === 'INITIALIZED' && event.models ? { models: event.models } : {},
      ),
      armTimeLimit: enqueueActions(({ context, enqueue }) => {
        if (context.spec.time_limit_seconds === null) return;
        enqueue.raise({ type: 'TIME_LIMIT_REACHED' }, { delay: 'timeLimit', id: 'timeLimit' });
      }),
      disarmTimeLimit: cancel('timeLimit'),
      // Waits for the reply of claude to a line; another program may have taken the line from the FIFO.
      awaitReply: enqueueActions(({ context, enqueue }, reply: Reply) => {
        enqueue.cancel('reply');
        const isNone = reply === 'acknowledged' && context.unacknowledged.length === 0;
        enqueue.assign({ awaited: isNone ? null : { reply, sent_again: 0 } });
        if (isNone) return;
        enqueue.raise({ type: 'REPLY_OVERDUE' }, { delay: 'replyDeadline', id: 'reply' });
      }),
      sendAgain: enqueueActions(({ context, enqueue }) => {
        const { awaited } = context;
        if (awaited === null) return;
        for (const command of commandsFor(context, awaited.reply)) {
          enqueue.sendTo('process', command);
        }
        enqueue.assign({ awaited: { ...awaited, sent_again: awaited.sent_again + 1 } });
        enqueue.raise({ type: 'REPLY_OVERDUE' }, { delay: 'replyDeadline', id: 'reply' });
      }),
      stopAwaiting: enqueueActions(({ enqueue }) => {
        enqueue.cancel('reply');
        enqueue.assign({ awaited: null });
      }),
      openRequest: assign(({ context, event }) =>
        event.type === 'PERMISSION_ASKED'
          ? {
              requests: [
                ...context.requests.filter(({ cli_id }) => cli_id !== event.request.cli_id),
                event.request,
              ],
              // claude would take an older answer with this id as an answer to the new request.
              unacknowledged: context.unacknowledged.filter(
                ({ request }) => request.cli_id !== event.request.cli_id,
              ),
            }
          : {},
      ),
      closeRequest: assign(({ context, event }) => ({
        requests: context.requests.filter((request) => !isNamed(request, event)),
      })),
      closeAllRequests: assign({ requests: [], unacknowledged: [] }),
      acknowledgeAnswer: assign(({ context, event }) => ({
        unacknowledged: context.unacknowledged.filter(({ request }) => !isNamed(request, event)),
      })),
      resendAnswers: enqueueActions(({ context, enqueue }) => {
        for (const given of context.unacknowledged) {
          enqueue.sendTo('process', { type: 'SEND_ANSWER', ...given });
        }
      }),
      rememberAnswer: assign(({ context, event }) => {
        if (event.type !== 'ANSWER_PERMISSION' || !event.answer.allow || !event.answer.remember) {
          return {};
        }
        const request = context.requests.find((open) => isNamed(open, event));
        if (!request) return {};
        const granted = event.answer.granted ?? grantsOf(request);
        return { remembered: [...context.remembered, ...granted] };
      }),
      sendAnswer: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'ANSWER_PERMISSION') return;
        const request = context.requests.find((open) => isNamed(open, event));
        if (!request) return;
        const given = { request, answer: event.answer };
        enqueue.assign({ unacknowledged: [...context.unacknowledged, given] });
        enqueue.sendTo('process', { type: 'SEND_ANSWER', ...given });
      }),
      refuseRequest: enqueueActions(({ event, enqueue }) => {
        if (event.type !== 'PERMISSION_ASKED') return;
        const { request } = event;
        const answer = { request_id: request.request_id, allow: false, reason: refusedUnasked };
        enqueue.sendTo('process', { type: 'SEND_ANSWER', request, answer });
      }),
      refuseControl: enqueueActions(({ event, enqueue }) => {
        if (event.type !== 'CONTROL_ASKED') return;
        const { cli_id, subtype } = event;
        enqueue.sendTo('process', { type: 'REFUSE_CONTROL', cli_id, subtype });
      }),
      addTotals: assign(({ context, event }) =>
        event.type === 'RESULT_SEEN'
          ? {
              totals: totalsAfter(context, event.result),
              process_cost_usd: event.result.total_cost_usd,
              has_process_cost: true,
            }
          : {},
      ),
      noteRefusal: assign(({ context, event }) => {
        if (event.type !== 'RESULT_SEEN') return {};
        const { refusal } = event.result;
        return { refusal: refusal === undefined ? null : { turn: context.turn, what: refusal } };
      }),
      fail: assign(({ context: { awaited } }, reason: OwnReason) => ({
        failure:
          reason === 'start_timeout' && awaited?.reply === 'accepted'
            ? { reason, hint: notTaken('its prompt'), returncode: null }
            : failureOf(reason),
      })),
      failAsStuck: assign(({ context }) => ({ failure: stuckProcess(context) })),
      failForAgent: assign(({ context, event }) => ({ failure: unknownAgent(context, event) })),
      failAsTold: assign(({ context, event }) => {
        if (event.type === 'RESULT_SEEN') return { failure: failureIn(context, event.result) };
        if (event.type !== 'EXITED' && event.type !== 'START_FAILED') return {};
        const { reason, hint, returncode } = event;
        return { failure: { reason, hint, returncode } };
      }),
      failAsEnding: assign(({ context, event }) => {
        const returncode = event.type === 'EXITED' ? event.returncode : null;
        return { failure: { ...(context.ending ?? failureOf('stopped')), returncode } };
      }),
      failForStorage: assign(({ event }) =>
        event.type === 'STORAGE_FAILED'
          ? { failure: { reason: 'crashed' as const, hint: event.hint, returncode: null } }
          : {},
      ),
      endForStorage: assign(({ event }) =>
        event.type === 'STORAGE_FAILED'
          ? { ending: { reason: 'crashed' as const, hint: event.hint, returncode: null } }
          : {},
      ),
      endForSilence: assign(() => ({
        ending: { reason: 'crashed' as const, hint: notTaken('an answer'), returncode: null },
      })),
      endBecause: assign(({ event }, reason: OwnReason) => ({
        ending: failureOf((event.type === 'STOP' && event.reason) || reason),
      })),
      interruptProcess: sendTo('process', { type: 'INTERRUPT' }),
      // The process would use the missing model for every later prompt.
      leaveWithoutModel: enqueueActions(({ context, enqueue }) => {
        if (context.failure?.reason !== 'model_unavailable') return;
        enqueue.sendTo('process', { type: 'TERMINATE' });
      }),
      terminateProcess: sendTo('process', { type: 'TERMINATE' }),
      killProcess: sendTo('process', { type: 'KILL' }),
      saveHistory: sendTo('archive', ({ context }) => ({
        type: 'SAVE',
        turn: context.turn,
        expected: context.history_sha256s,
      })),
      noteDraft: assign(({ context, event }) =>
        event.type === 'DRAFTED'
          ? { history_sha256s: [...context.history_sha256s, event.sha256] }
          : {},
      ),
      markSaved: assign(({ event }) =>
        event.type === 'SAVED'
          ? {
              saved: true,
              save_error: null,
              warning: event.warning ?? null,
              history_sha256s: [event.sha256],
            }
          : {},
      ),
      markUnsaved: assign(({ event }) =>
        event.type === 'SAVE_FAILED' ? { saved: true, save_error: event.hint } : {},
      ),
      markDelivered: assign({ delivered: true }),
    },
  });
}

/** Returns the first context of a worker. */
function newWorker({ input }: { input: WorkerInput }): WorkerContext {
  return {
    spec: input.spec,
    turn: 1,
    prompt_id: input.prompt.id,
    prompt: input.prompt,
    process: null,
    session_begun: false,
    slot: 'none',
    requests: [],
    unacknowledged: [],
    awaited: null,
    remembered: [],
    ending: null,
    failure: null,
    model: null,
    other_model: null,
    other_effort: null,
    choice: choiceIn(input.prompt),
    is_own_turn: false,
    turn_ended: false,
    session_state: null,
    tasks: [],
    ended_tasks: [],
    owes_turn: false,
    session_id: input.spec.session_id,
    other_mode: null,
    plan_approved: false,
    worktree: null,
    left_folder: null,
    models: [],
    totals: { cost_usd: 0, num_turns: 0, duration_ms: 0, usage: {} },
    process_cost_usd: 0,
    has_process_cost: false,
    counts_by_process: false,
    refusal: null,
    saved: false,
    save_error: null,
    warning: null,
    history_sha256s: [],
    delivered: false,
  };
}

/** Returns the supervisor, which is registered in the actor system; a replayed worker has none. */
function supervisorIn(
  system: ActorSystem<{ actors: Record<string, AnyActorRef> }>,
): AnyActorRef | undefined {
  return system.get('supervisor');
}

/** Returns the process of an event, without the other fields of the event. */
function processIn(started: StartedProcess): StartedProcess {
  const { pid, start_time, host, boot_id, pid_namespace, stderr_offset, inodes } = started;
  if (host === undefined || boot_id === undefined || pid_namespace === undefined) {
    return { pid, start_time, stderr_offset, inodes };
  }
  return { pid, start_time, host, boot_id, pid_namespace, stderr_offset, inodes };
}

/** What claude replies to the first line of a process, to a prompt and to an answer. */
type Reply = 'initialized' | 'accepted' | 'acknowledged';

/** Returns the commands that send again what has no reply yet; claude obeys each line once. */
function commandsFor(context: WorkerContext, reply: Reply): ProcessCommand[] {
  if (reply === 'initialized') return [{ type: 'CONFIGURE' }];
  if (reply === 'accepted') return [promptCommand(context)];
  return context.unacknowledged.map((given) => ({ type: 'SEND_ANSWER', ...given }));
}

const promptCommand = ({ prompt, prompt_id: id }: WorkerContext): ProcessCommand => ({
  type: 'SEND_PROMPT',
  prompt: prompt ?? { id, text: '' },
});

const notTaken = (what: string): string =>
  `claude did not take ${what} within 60 seconds, though it was sent four times. Another program may read the FIFO of the worker, stdin; end that program, then resume the worker.`;

/** Returns what a new process has to be told, so that it is the same worker as the last process. */
function carriedOver(context: WorkerContext): CarriedOver {
  const { spec, session_id, other_model, other_effort, other_mode, totals } = context;
  return {
    ...(session_id !== spec.session_id && { session_id }),
    ...(other_model !== null && { model: other_model }),
    ...(other_effort !== null && { effort: other_effort }),
    ...(other_mode !== null && { permission_mode: other_mode }),
    ...(spec.options.max_budget_usd !== undefined && { spent_usd: totals.cost_usd }),
  };
}

/** Returns the choice in a prompt that is a command of `claude`, such as `/model opus`. */
function choiceIn({ text }: Prompt): Choice | null {
  const [, what, name] = /^\/(model|effort)\s+(\S+)\s*$/.exec(text) ?? [];
  if (name === undefined) return null;
  return { what: what === 'model' ? 'model' : 'effort', name };
}

/** Returns what the worker notes of what its process says about itself. */
function setUpAfter(context: WorkerContext, setUp: SetUp): Partial<WorkerContext> {
  const { session_id = context.session_id } = setUp;
  return { session_id, ...modeAfter(context, setUp), ...folderAfter(context, setUp) };
}

/** What each mode allows without a question, from least to most. `dontAsk` is not one of them. */
const modesByGrant = ['plan', 'default', 'acceptEdits', 'auto', 'bypassPermissions'];

/**
 * The rule for the mode of later processes: the last mode that `claude` named, if it grants no more
 * than the worker's own mode, or than `default` after the plan was approved; else the own mode. So a
 * mode that nobody granted ends with its process, and a worker in `dontAsk` stays in `dontAsk`.
 */
function modeAfter(
  { spec, plan_approved }: WorkerContext,
  { permission_mode: seen }: SetUp,
): Partial<WorkerContext> {
  if (seen === undefined) return {};
  const own = String(spec.options.permission_mode ?? 'default');
  const most = Math.max(grantOf(own), plan_approved ? grantOf('default') : -1);
  const isGranted = own !== 'dontAsk' && grantOf(seen) >= 0 && grantOf(seen) <= most;
  return {
    other_mode: isGranted && seen !== own ? seen : null,
    plan_approved: plan_approved && seen !== 'plan',
  };
}

const grantOf = (mode: string): number => modesByGrant.indexOf(mode);

/** Notes the worktree that the session has entered, and that a turn runs outside of it all the same. */
function folderAfter({ worktree }: WorkerContext, setUp: SetUp): Partial<WorkerContext> {
  if (setUp.worktree !== undefined) return { worktree: setUp.worktree };
  const { cwd } = setUp;
  if (cwd === undefined || worktree === null || `${cwd}/`.startsWith(`${worktree}/`)) return {};
  return { worktree: null, left_folder: { from: worktree, to: cwd } };
}

/** The reasons that the chart itself decides. */
type OwnReason = 'stopped' | 'start_timeout' | 'auth' | 'no_answer' | 'time_limit';

function failureOf(reason: OwnReason): Failure {
  const hints: Record<OwnReason, string> = {
    stopped: 'Stopped on request.',
    start_timeout: 'claude showed no sign of life within the start deadline.',
    auth: 'The API refused the credentials. Run `claude` and /login, or set ANTHROPIC_API_KEY.',
    no_answer: 'The turn ended without the object that output_schema asks for.',
    time_limit: 'The turn took longer than timeout_seconds.',
  };
  return { reason, hint: hints[reason], returncode: null };
}

/** Adds `right` to `left`, number by number. */
function sum(left: Record<string, number>, right: Record<string, number>): Record<string, number> {
  const total = { ...left };
  for (const [key, value] of Object.entries(right)) total[key] = (total[key] ?? 0) + value;
  return total;
}

/**
 * Returns the totals after a turn. The cost of a turn is the larger of two figures: the growth of the
 * process's sum, which includes turns that claude opened by itself, and the turn's own cost, which is
 * right when a killed process left a gap in the sum.
 */
function totalsAfter(context: WorkerContext, result: TurnResult): Totals {
  const startsAtZero = context.counts_by_process && !context.has_process_cost;
  const before = startsAtZero ? 0 : context.process_cost_usd;
  const growth = Math.max(0, result.total_cost_usd - before);
  return {
    cost_usd: context.totals.cost_usd + Math.max(result.cost_usd ?? 0, growth),
    num_turns: context.totals.num_turns + result.num_turns,
    duration_ms: context.totals.duration_ms + result.duration_ms,
    usage: sum(context.totals.usage, result.usage),
  };
}

/**
 * Returns the rules that an answer with `remember` grants: the rules that `claude` suggests, else a rule
 * for the same file. It grants no mode and no folder: these allow more than the call that was asked.
 */
export function grantsOf(request: PermissionRequest): Record<string, unknown>[] {
  const suggested = request.suggestions.filter(
    ({ type, behavior }) => type === 'addRules' && behavior === 'allow',
  );
  const rules = suggested.length > 0 ? suggested : fileRule(request);
  return rules.map((update) => ({ ...update, destination: 'session' }));
}

/** Why a request outside of a turn is denied without a question. */
export const refusedUnasked = 'No turn is under way that could take this request.';

/** The tools that write a file. A rule for Edit holds for all of them. */
const writingTools = ['Edit', 'MultiEdit', 'NotebookEdit', 'Write'];

/** Returns the rule that allows writing the file of a request again, and no other file. */
function fileRule({ tool, input }: PermissionRequest): Record<string, unknown>[] {
  const path = input.file_path ?? input.notebook_path;
  if (!writingTools.includes(tool) || typeof path !== 'string' || !path.startsWith('/')) return [];
  // `claude` 2.1.332 cannot match these characters exactly, and `?` would match other files.
  if (/[?\\\n\r]/.test(path)) return [];
  // `claude` reads the path as a pattern, in which `//` begins an absolute path.
  const ruleContent = `/${path.replace(/[*[\]{}!#]/g, '\\$&')}`;
  const rules = [{ toolName: 'Edit', ruleContent }];
  return [{ type: 'addRules', behavior: 'allow', rules }];
}

/** Returns the failure of a result. `claude` accepts an answer without the object of output_schema. */
function failureIn(
  context: WorkerContext,
  { failure, has_object, refusal }: TurnResult,
): Failure | null {
  if (failure?.reason === 'model_unavailable') return modelUnavailable(context);
  // A process is given what is left of the budget, and names that.
  if (failure?.reason === 'budget') return { ...failure, hint: budgetReached(context.spec) };
  const wantsObject = context.spec.options.output_schema !== undefined;
  if (!failure) return wantsObject && !has_object ? failureOf('no_answer') : null;
  const before = context.refusal?.turn === context.turn - 1 ? context.refusal.what : undefined;
  const isRepeated = refusal !== undefined && refusal === before;
  if (!isRepeated) return failure;
  const end = /[.!?]$/.test(failure.hint) ? '' : '.';
  return { ...failure, hint: `${failure.hint}${end} ${refusedAgain}` };
}

const refusedAgain =
  'The API refused the turn before in the same way: it probably refuses this conversation itself. Start a new worker with spawn_worker; the history file has what was said.';

/** True if a result is for the current prompt. A result that names no prompt counts as such. */
function belongs(context: WorkerContext, event: { result: TurnResult }): boolean {
  const { prompt_ids } = event.result;
  return prompt_ids.length === 0 || prompt_ids.includes(context.prompt_id);
}

/**
 * True if a result of an older process is for the current prompt. The result can be of an earlier
 * turn, so it must name the prompt, except in the first turn.
 */
function namesPrompt(context: WorkerContext, event: { result: TurnResult }): boolean {
  const { prompt_ids } = event.result;
  return prompt_ids.length === 0 ? context.turn === 1 : prompt_ids.includes(context.prompt_id);
}

/** True if `claude` opened the turn of a result by itself, and no prompt joined it. */
const isOwn = ({ origin, prompt_ids }: TurnResult): boolean =>
  origin !== undefined && prompt_ids.length === 0;

/** True if a result ends the current turn: a turn of `claude` itself, or the turn of our prompt. */
function endsTurn(context: WorkerContext, event: { result: TurnResult }): boolean {
  if (context.is_own_turn) return event.result.prompt_ids.length === 0;
  return !isOwn(event.result) && belongs(context, event);
}

/** Notes that the work in the background ends; claude may still name it until it has exited. */
function endedTasks({ tasks, ended_tasks }: WorkerContext): Partial<WorkerContext> {
  const isNew = (task: BackgroundTask) => !ended_tasks.some(({ id }) => id === task.id);
  return { tasks: [], ended_tasks: [...ended_tasks, ...tasks.filter(isNew)] };
}

/** Agents keep the session busy. A command in the background, such as a server, does not. */
const holdsSession = ({ type }: BackgroundTask): boolean => type !== 'local_bash';

/** True if a worker whose turn has ended has nothing more to do, as far as its process tells. */
function isOver({ spec, session_state, tasks, owes_turn }: Working): boolean {
  if (owes_turn || tasks.some((task) => waitsFor(spec, task))) return false;
  return session_state === null || session_state === 'idle';
}

type Working = Pick<WorkerContext, 'spec' | 'session_state' | 'tasks' | 'owes_turn'>;

const waitsFor = ({ options }: WorkerSpec, task: BackgroundTask): boolean =>
  options.background === 'wait' || holdsSession(task);

function isIdleAfter(context: WorkerContext, event: WorkerEvent): boolean {
  return event.type === 'SESSION_CHANGED' && isOver({ ...context, session_state: event.state });
}

/** True if the event names this request. */
function isNamed(request: PermissionRequest, event: WorkerEvent): boolean {
  if (event.type === 'ANSWER_PERMISSION') return event.answer.request_id === request.request_id;
  const isByCliId = event.type === 'PERMISSION_WITHDRAWN' || event.type === 'ANSWER_ACKNOWLEDGED';
  return isByCliId && event.cli_id === request.cli_id;
}

function namesOpenRequest(context: WorkerContext, event: WorkerEvent): boolean {
  return context.requests.some((request) => isNamed(request, event));
}

function unknownAgent(context: WorkerContext, event: WorkerEvent): Failure {
  const known = event.type === 'INITIALIZED' ? event.agents.join(', ') : '';
  const hint = `Unknown agent type "${context.spec.agent_type}". claude knows: ${known}.`;
  return { reason: 'spawn_error', hint, returncode: null };
}

/** Replaces the hint of the CLI, which names a flag that the caller of a tool cannot pass. */
function modelUnavailable({ model, models }: WorkerContext): Failure {
  const others = models.filter((name) => name !== model);
  const known = others.length === 0 ? '' : ` This claude knows ${firstOf(others)}.`;
  const what = model === null ? 'the model of this worker' : `model ${model}`;
  const hint = `The API answered 404 for ${what}: it is not there, or not for this account. Name another one in options.model, or for all workers in --default-model.${known}`;
  return { reason: 'model_unavailable', hint, returncode: null };
}

/** Words the failure of a worker that has spent its budget. */
export const budgetReached = ({ options }: WorkerSpec): string =>
  `Reached maximum budget ($${options.max_budget_usd})`;

/** Lists as many of the names as fit into a hint. */
function firstOf(names: string[]): string {
  const maxLength = 120;
  const shown = names.filter(
    (_, index) => names.slice(0, index + 1).join(', ').length <= maxLength,
  );
  return shown.join(', ') + (shown.length < names.length ? ' and others' : '');
}

function stuckProcess(context: WorkerContext): Failure {
  const hint = `Process ${context.process?.pid ?? '?'} did not exit, not even when killed.`;
  return { ...(context.ending ?? failureOf('stopped')), hint };
}

/** The reason why a turn failed: a closed set, used by `wait` and the history file. */
export const reasons = [
  'claude_not_found',
  'spawn_error',
  'start_timeout',
  'api_error',
  'auth',
  'billing',
  'forbidden',
  'rate_limited',
  'budget',
  'max_turns',
  'time_limit',
  'no_answer',
  'crashed',
  'killed',
  'stopped',
  'interrupted',
  'session_lost',
  'model_unavailable',
] as const;

export type Reason = (typeof reasons)[number];

/** A failure: the reason for programs, a sentence for people, and the exit code if known. */
export interface Failure {
  reason: Reason;
  hint: string;
  returncode: number | null;
}

/** One prompt of the conversation. `id` is the UUID that the CLI gets and repeats in its output. */
export interface Prompt {
  id: string;
  text: string;
}

/** The fixed data of a worker, the same in all its turns. */
export interface WorkerSpec {
  worker_id: string;
  session_id: string;
  description: string;
  agent_type: string | null;
  cwd: string;
  /** The longest time of a turn in seconds, with its waits for permissions; null for no limit. */
  time_limit_seconds: number | null;
  options: Record<string, unknown>;
}

/** A tool call that waits for an answer. `cli_id` is the id of the CLI, `request_id` our own. */
export interface PermissionRequest {
  request_id: string;
  cli_id: string;
  tool: string;
  input: Record<string, unknown>;
  suggestions: Record<string, unknown>[];
}

/** An answer to a request, with the fields of `approve_permission`. */
export interface PermissionAnswer {
  request_id: string;
  allow: boolean;
  reason?: string;
  remember?: boolean;
  /** The permission updates that `remember` grants; journals of 0.1.0 have none. */
  granted?: Record<string, unknown>[];
  updated_input?: Record<string, unknown>;
  answers?: Record<string, unknown>;
}

/** An answer and its request. */
export interface GivenAnswer {
  request: PermissionRequest;
  answer: PermissionAnswer;
}

/** Sums over all turns, in USD, API round trips, milliseconds and tokens. */
export interface Totals {
  cost_usd: number;
  num_turns: number;
  duration_ms: number;
  usage: Record<string, number>;
}

export interface WorkerInput {
  spec: WorkerSpec;
  prompt: Prompt;
}

/** A process, and the place where its id has a meaning. Records of earlier versions name no place. */
export interface ProcessIdentity {
  pid: number;
  start_time: string;
  host?: string;
  boot_id?: string;
  pid_namespace?: string;
}

/** A process, with the place in the file of its worker where its stderr begins, in bytes. */
interface StartedProcess extends ProcessIdentity {
  stderr_offset?: number | undefined;
  inodes?: FileInodes | undefined;
}

/** The inodes of the files through which a process is followed; one is absent when it was not there. */
export interface FileInodes {
  stdin?: number | undefined;
  stdout?: number | undefined;
}

export interface WorkerContext {
  spec: WorkerSpec;
  /** The number of the current turn, from 1. */
  turn: number;
  /** The id of the current turn's prompt. */
  prompt_id: string;
  /** The prompt while no process has accepted it; it may still be sent again. */
  prompt: Prompt | null;
  /** The process, from its start to its exit; it may serve several turns. */
  process: StartedProcess | null;
  /** True after a turn has opened: then a new process needs `--resume`. */
  session_begun: boolean;
  slot: 'none' | 'wanted' | 'held';
  requests: PermissionRequest[];
  /** Answers that the process has not acknowledged yet; a new owner sends them again. */
  unacknowledged: GivenAnswer[];
  /** The reply of the process that has to come, and how often its line was sent again; null if none. */
  awaited: { reply: Reply; sent_again: number } | null;
  /** Permission updates that every later process of this worker gets. */
  remembered: Record<string, unknown>[];
  /** The failure that `stopping` leads to. */
  ending: Failure | null;
  failure: Failure | null;
  model: string | null;
  /** The model of follow-ups that replaces the worker's own; null if none does. */
  other_model: string | null;
  /** The effort of follow-ups that replaces the worker's own; null if none does. */
  other_effort: string | null;
  /** The choice that the current prompt makes; null if it makes none. */
  choice: Choice | null;
  /** The session of the conversation: the first one, unless `claude` has begun another. */
  session_id: string;
  /** The permission mode of later processes; null for the worker's own. See `modeAfter`. */
  other_mode: string | null;
  /** True after an approved ExitPlanMode, until the session is in plan mode again. */
  plan_approved: boolean;
  /** True in a turn that `claude` has opened by itself. */
  is_own_turn: boolean;
  /** True from the result of the turn on. */
  turn_ended: boolean;
  /** What the process says of its session; null for versions that say nothing. */
  session_state: SessionState | null;
  /** The work in the background. */
  tasks: BackgroundTask[];
  /** The work in the background that ended with its process, since the last prompt. */
  ended_tasks: BackgroundTask[];
  /** True when a task has ended and `claude` has not told its model yet, in a turn about it. */
  owes_turn: boolean;
  /** The worktree that the session has entered; null if it is in none. */
  worktree: string | null;
  /** The worktree that this turn should have run in, and where it ran; null if all is well. */
  left_folder: { from: string; to: string } | null;
  /** The model names that this `claude` knows and a call can use. */
  models: string[];
  totals: Totals;
  /** The process's own sum of costs at its last result; before that, the sum of the worker. */
  process_cost_usd: number;
  /** True after the first result of the process. */
  has_process_cost: boolean;
  /** True when the sum of costs begins at zero in each process, and not in the session. */
  counts_by_process: boolean;
  /** What the API refused in the last result, and in which turn; null if it refused nothing. */
  refusal: { turn: number; what: string } | null;
  /** True after the history file has the last turn, or could not be written. */
  saved: boolean;
  save_error: string | null;
  /** A problem of the last turn, with or without an answer. */
  warning: string | null;
  /** The hashes of the history file: as last written, and of drafts that a server began to write. */
  history_sha256s: string[];
  delivered: boolean;
}

/** The CLI's result of a turn. `cost_usd` is the turn's own cost; null if the CLI does not report it. */
export interface TurnResult {
  failure: Failure | null;
  /** True if the result has the object of output_schema. */
  has_object: boolean;
  /** Why `claude` opened the turn by itself, such as `task-notification`; absent for our prompts. */
  origin?: string;
  prompt_ids: string[];
  total_cost_usd: number;
  cost_usd: number | null;
  /** What the API refused, as its status and the type of its error: it depends on the conversation. */
  refusal?: string;
  num_turns: number;
  duration_ms: number;
  usage: Record<string, number>;
  /** What the command `/model` or `/effort` has set; absent if it set nothing. */
  chosen?: Choice['what'];
}

/** A model or an effort that a command of `claude` sets, for the life of the process. */
export interface Choice {
  what: 'model' | 'effort';
  name: string;
}

/** What a session does: nothing, something, or waiting for an answer. */
export type SessionState = 'idle' | 'running' | 'requires_action';

/** A command or an agent in the background. */
export interface BackgroundTask {
  id: string;
  /** In the words of `claude`, such as `local_bash` or `local_agent`. */
  type: string;
  description: string;
}

/** What a process says about itself. */
export interface SetUp {
  session_id?: string;
  permission_mode?: string;
  cwd?: string;
  /** The worktree that the session has entered; null when it has left it. */
  worktree?: string | null;
}

/** What a new process takes over from the processes before it. */
export interface CarriedOver {
  session_id?: string;
  model?: string;
  effort?: string;
  permission_mode?: string;
  /** What the worker has spent; only where it has a budget. */
  spent_usd?: number;
}

/** Commands, in the imperative, from the supervisor and the tools. */
export type WorkerCommand =
  | { type: 'SLOT' }
  /**
   * `model` replaces the worker's model, which the API no longer has; `session_found`: the session that
   * was lost may be there again.
   */
  | { type: 'RESUME'; prompt: Prompt; model?: string; session_found?: true }
  /** `reason`: only in journals of chart 2, see migrations.ts. */
  | { type: 'STOP'; reason?: 'auth' }
  | { type: 'ANSWER_PERMISSION'; answer: PermissionAnswer; source: string }
  | { type: 'RELEASE' }
  | { type: 'ADOPT'; owner: string };

/** Facts from the process's stdout. `offset` is the offset of the next unread byte. */
export type WorkerOutput = { offset?: number } & (
  | { type: 'INITIALIZED'; agents: string[]; models?: string[] }
  | ({ type: 'START_FAILED' } & Failure)
  /** `counts_by_process`: the sum of costs of this `claude` begins at zero in each process. */
  | ({ type: 'TURN_OPENED'; model: string | null; counts_by_process?: true } & Omit<
      SetUp,
      'worktree'
    >)
  | { type: 'SESSION_CHANGED'; state: SessionState }
  /** All work in the background that there is now. */
  | { type: 'TASKS_CHANGED'; tasks: BackgroundTask[] }
  | { type: 'TASK_ENDED'; id: string; status: string }
  /** claude has told its model of the ended tasks inside the present turn. */
  | { type: 'TASKS_TOLD' }
  /** The permission mode, the session or the worktree has changed in the middle of a turn. */
  | ({ type: 'SET_UP_CHANGED' } & Omit<SetUp, 'cwd'>)
  | { type: 'PROMPT_ACCEPTED'; prompt_id: string }
  | { type: 'MESSAGE_SEEN'; role: string; brief: string; model: string | null }
  | { type: 'API_RETRIED'; status: number | null; attempt: number; error: string }
  | { type: 'PERMISSION_ASKED'; request: PermissionRequest }
  | { type: 'PERMISSION_WITHDRAWN'; cli_id: string }
  | { type: 'ANSWER_ACKNOWLEDGED'; cli_id: string }
  | { type: 'CONTROL_ASKED'; cli_id: string; subtype: string }
  | { type: 'RESULT_SEEN'; result: TurnResult }
);

/** Facts, in the past tense, from the process, the archive and the tools. */
export type WorkerFact =
  | WorkerOutput
  /** The offsets are the begin of its output in stdout and stderr; `standby`: it was a standby process. */
  | ({
      type: 'PROCESS_STARTED';
      offset?: number;
      stderr_offset?: number;
      inodes?: FileInodes;
      standby?: true;
    } & ProcessIdentity)
  /** The server follows the output of the adopted process and has read all earlier output. */
  | { type: 'ATTACHED' }
  /** `session_exists`: it exited because the session that it should begin already exists. */
  | ({ type: 'EXITED'; session_exists?: boolean } & Failure)
  /** The worker is known from its history file only: how many turns it had, and how the last ended. */
  | {
      type: 'IMPORTED';
      turns: number;
      failure: Failure | null;
      model: string | null;
      totals: Totals;
    }
  /** The journal, stdout or the FIFO of the worker cannot be used any more. */
  | { type: 'STORAGE_FAILED'; hint: string }
  /** A new history file is ready to replace the old one; its hash reveals later changes by others. */
  | { type: 'DRAFTED'; sha256: string }
  | { type: 'SAVED'; turn: number; sha256: string; warning?: string }
  | { type: 'SAVE_FAILED'; turn: number; hint: string }
  /** `turn`: the turn whose result was written; journals of 0.1.0 have none. */
  | { type: 'DELIVERED'; turn?: number };

/** The machine's own timers that run through several states. */
type WorkerAlarm =
  | { type: 'TIME_LIMIT_REACHED' }
  /** claude has not replied to a line in time. */
  | { type: 'REPLY_OVERDUE' };

export type WorkerEvent = WorkerCommand | WorkerFact | WorkerAlarm;

/** The commands to the actor of the process. */
export type ProcessCommand =
  | ({ type: 'START'; resume: boolean; remembered: Record<string, unknown>[] } & CarriedOver)
  /** `is_idle`: no prompt is open, so the actor does not report ATTACHED. */
  | { type: 'ATTACH'; process: WorkerContext['process']; is_idle: boolean }
  /** Sends what a process has to know before its first prompt, once more. */
  | { type: 'CONFIGURE' }
  | { type: 'SEND_PROMPT'; prompt: Prompt }
  | { type: 'SEND_ANSWER'; request: PermissionRequest; answer: PermissionAnswer }
  | { type: 'REFUSE_CONTROL'; cli_id: string; subtype: string }
  | { type: 'INTERRUPT' }
  | { type: 'TERMINATE' }
  | { type: 'KILL' };

/** The commands to the actor that writes the history file. */
export type ArchiveCommand = { type: 'SAVE'; turn: number; expected: string[] };
