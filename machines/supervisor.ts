import {
  type AnyActorLogic,
  assign,
  enqueueActions,
  fromCallback,
  sendTo,
  setup,
  stopChild,
} from 'xstate';

export interface SupervisorInput {
  /** How many workers may hold a slot at once. */
  slots: number;
}

/**
 * A worker and the id of its actor. The id is a number: XState copies all children whenever one is
 * added or removed, and copies children with numbers as one list, but other names one by one.
 */
export interface LiveWorker {
  worker_id: string;
  actor_id: string;
}

export interface SupervisorContext {
  slots: number;
  /** All live workers, oldest first. */
  workers: LiveWorker[];
  /** Workers that wait for a slot, in the order of their requests. */
  queue: string[];
  /** Workers that hold a slot. */
  busy: string[];
  /** The number of crashes of each worker's actor. A crash does not touch the process or the files. */
  crashes: Record<string, number>;
}

export type SupervisorEvent =
  /** The worker actor gets `input` unchanged: the input of a new worker, or a worker to restore. */
  | { type: 'SPAWN'; worker_id: string; actor_id: string; input: unknown }
  | { type: 'REMOVE'; worker_id: string }
  | { type: 'SLOT_WANTED'; worker_id: string }
  | { type: 'SLOT_FREED'; worker_id: string }
  /** An adopted worker already holds a slot. */
  | { type: 'SLOT_KEPT'; worker_id: string }
  | { type: 'DRAIN' }
  | { type: `xstate.error.actor.${string}`; actorId: string };

/** The events that the supervisor emits. */
export type SupervisorEmitted =
  /** The actor of this worker crashed; the listener starts it again, from its journal. */
  { type: 'RESTART'; worker_id: string };

/** The number of restarts of one worker's actor: the cause of a crash may be in its journal. */
const maxRestarts = 1;

/** Returns `list` without `worker_id`; the same list when the id is not in it. */
const without = (list: string[], worker_id: string): string[] =>
  list.includes(worker_id) ? list.filter((id) => id !== worker_id) : list;

const find = ({ workers }: SupervisorContext, id: string): LiveWorker | undefined =>
  workers.find(({ worker_id }) => worker_id === id);

/** Returns the worker whose actor crashed; undefined when the worker was removed before. */
const crashedIn = ({ workers }: SupervisorContext, event: SupervisorEvent) =>
  workers.find(({ actor_id }) => 'actorId' in event && actor_id === event.actorId);

/** The parent of all worker actors: spawns and removes them, gives out slots, survives their crashes. */
export const supervisorMachine = setup({
  types: {
    input: {} as SupervisorInput,
    context: {} as SupervisorContext,
    events: {} as SupervisorEvent,
    emitted: {} as SupervisorEmitted,
    children: {} as Record<string, 'worker'>,
  },
  // Any logic: the supervisor knows nothing about the inside of a worker.
  actors: { worker: fromCallback(() => {}) as AnyActorLogic },
  delays: { drainGrace: 20_000 },
  guards: {
    isNew: ({ context, event }) =>
      event.type === 'SPAWN' && find(context, event.worker_id) === undefined,
    isIdle: ({ context, event }) =>
      event.type === 'REMOVE' &&
      find(context, event.worker_id) !== undefined &&
      !context.busy.includes(event.worker_id) &&
      !context.queue.includes(event.worker_id),
    isWithoutSlot: ({ context, event }) =>
      event.type === 'SLOT_WANTED' &&
      find(context, event.worker_id) !== undefined &&
      !context.busy.includes(event.worker_id),
    isPresent: ({ context, event }) =>
      event.type === 'SLOT_KEPT' && find(context, event.worker_id) !== undefined,
    isQuiet: ({ context }) => context.busy.length === 0 && context.queue.length === 0,
  },
  actions: {
    spawnWorker: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'SPAWN') return;
      const { worker_id, actor_id, input } = event;
      enqueue.assign({ workers: [...context.workers, { worker_id, actor_id }] });
      enqueue.spawnChild('worker', { id: actor_id, input });
    }),
    removeWorker: enqueueActions(({ context, event, enqueue }) => {
      const removed = event.type === 'REMOVE' && find(context, event.worker_id);
      if (!removed) return;
      enqueue(stopChild(removed.actor_id));
      enqueue.assign({ workers: context.workers.filter((worker) => worker !== removed) });
    }),
    queueWorker: assign(({ context, event }) =>
      event.type === 'SLOT_WANTED'
        ? { queue: [...without(context.queue, event.worker_id), event.worker_id] }
        : {},
    ),
    freeSlot: assign(({ context, event }) =>
      event.type === 'SLOT_FREED'
        ? {
            busy: without(context.busy, event.worker_id),
            queue: without(context.queue, event.worker_id),
          }
        : {},
    ),
    countSlot: assign(({ context, event }) =>
      event.type === 'SLOT_KEPT'
        ? {
            busy: [...without(context.busy, event.worker_id), event.worker_id],
            queue: without(context.queue, event.worker_id),
          }
        : {},
    ),
    admitWorkers: enqueueActions(({ context, enqueue }) => {
      const admitted = context.queue.slice(0, Math.max(0, context.slots - context.busy.length));
      if (admitted.length === 0) return;
      enqueue.assign({
        busy: [...context.busy, ...admitted],
        queue: context.queue.slice(admitted.length),
      });
      for (const id of admitted) {
        const worker = find(context, id);
        if (worker) enqueue(sendTo(worker.actor_id, { type: 'SLOT' }));
      }
    }),
    stopLatecomer: enqueueActions(({ context, event, enqueue }) => {
      const late = event.type === 'SLOT_WANTED' && find(context, event.worker_id);
      if (late) enqueue(sendTo(late.actor_id, { type: 'STOP' }));
    }),
    buryWorker: enqueueActions(({ context, event, enqueue }) => {
      if (!('actorId' in event)) return;
      enqueue(stopChild(event.actorId));
      const crashed = crashedIn(context, event);
      if (!crashed) return;
      const { worker_id } = crashed;
      enqueue.assign({
        workers: context.workers.filter((worker) => worker !== crashed),
        queue: without(context.queue, worker_id),
        busy: without(context.busy, worker_id),
        crashes: { ...context.crashes, [worker_id]: (context.crashes[worker_id] ?? 0) + 1 },
      });
    }),
    restartWorker: enqueueActions(({ context, event, enqueue }) => {
      const crashed = crashedIn(context, event);
      if (!crashed || (context.crashes[crashed.worker_id] ?? 0) >= maxRestarts) return;
      enqueue.emit({ type: 'RESTART', worker_id: crashed.worker_id });
    }),
    stopWorkers: enqueueActions(({ context, enqueue }) => {
      for (const { actor_id } of context.workers) {
        enqueue(sendTo(actor_id, { type: 'STOP' }));
        enqueue(sendTo(actor_id, { type: 'RELEASE' }));
      }
    }),
  },
}).createMachine({
  id: 'supervisor',
  context: ({ input }) => ({ slots: input.slots, workers: [], queue: [], busy: [], crashes: {} }),
  initial: 'open',
  on: {
    REMOVE: { guard: 'isIdle', actions: 'removeWorker' },
    'xstate.error.actor.*': { actions: 'buryWorker' },
  },
  states: {
    open: {
      description: 'Accepts workers and gives them slots.',
      on: {
        SPAWN: { guard: 'isNew', actions: 'spawnWorker' },
        SLOT_WANTED: { guard: 'isWithoutSlot', actions: ['queueWorker', 'admitWorkers'] },
        SLOT_FREED: { actions: ['freeSlot', 'admitWorkers'] },
        SLOT_KEPT: { guard: 'isPresent', actions: 'countSlot' },
        DRAIN: 'draining',
        'xstate.error.actor.*': { actions: ['restartWorker', 'buryWorker', 'admitWorkers'] },
      },
    },
    draining: {
      description:
        'Stops every worker, gives out no slot, and waits until no worker holds or wants one.',
      entry: 'stopWorkers',
      always: { guard: 'isQuiet', target: 'drained' },
      on: {
        SLOT_WANTED: { guard: 'isWithoutSlot', actions: ['queueWorker', 'stopLatecomer'] },
        SLOT_FREED: { actions: 'freeSlot' },
      },
      after: { drainGrace: 'drained' },
    },
    drained: {
      description: 'Every worker has stopped, except a worker that is still listed as busy.',
    },
  },
});
