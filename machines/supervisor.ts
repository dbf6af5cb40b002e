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
 * A worker and the id of its actor, which is a number: XState copies its children with each that
 * comes or goes, and copies those with numbers as one list, others name by name.
 */
export interface LiveWorker {
  worker_id: string;
  actor_id: string;
}

export interface SupervisorContext {
  slots: number;
  /** Every live worker, in the order of their arrival. */
  workers: LiveWorker[];
  /** Workers that want a slot, first come first served. */
  queue: string[];
  /** Workers that hold a slot. */
  busy: string[];
  /** How often the actor of a worker broke. Its process and its files are not touched by that. */
  crashes: Record<string, number>;
}

export type SupervisorEvent =
  /** The worker actor gets `input` unchanged: the input of a new worker, or a worker to restore. */
  | { type: 'SPAWN'; worker_id: string; actor_id: string; input: unknown }
  | { type: 'REMOVE'; worker_id: string }
  | { type: 'SLOT_WANTED'; worker_id: string }
  | { type: 'SLOT_FREED'; worker_id: string }
  /** A worker that was taken over holds a slot from before. */
  | { type: 'SLOT_KEPT'; worker_id: string }
  | { type: 'DRAIN' }
  | { type: `xstate.error.actor.${string}`; actorId: string };

/** What the supervisor tells whoever listens. */
export type SupervisorEmitted =
  /** The actor of this worker broke and is to be started anew, from its journal. */
  { type: 'RESTART'; worker_id: string };

/** How often the actor of one worker is started anew: what broke it may be in its journal. */
const mostRestarts = 1;

/** `list` without `worker_id`: the list itself where it is not in it. */
const without = (list: string[], worker_id: string): string[] =>
  list.includes(worker_id) ? list.filter((id) => id !== worker_id) : list;

const find = ({ workers }: SupervisorContext, id: string): LiveWorker | undefined =>
  workers.find(({ worker_id }) => worker_id === id);

/** The worker whose actor broke, unless it was removed before. */
const brokenIn = ({ workers }: SupervisorContext, event: SupervisorEvent) =>
  workers.find(({ actor_id }) => 'actorId' in event && actor_id === event.actorId);

/** The parent actor: spawns and removes workers, admits them to slots, and outlives any of them. */
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
      const gone = event.type === 'REMOVE' && find(context, event.worker_id);
      if (!gone) return;
      enqueue(stopChild(gone.actor_id));
      enqueue.assign({ workers: context.workers.filter((worker) => worker !== gone) });
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
      const gone = brokenIn(context, event);
      if (!gone) return;
      const { worker_id } = gone;
      enqueue.assign({
        workers: context.workers.filter((worker) => worker !== gone),
        queue: without(context.queue, worker_id),
        busy: without(context.busy, worker_id),
        crashes: { ...context.crashes, [worker_id]: (context.crashes[worker_id] ?? 0) + 1 },
      });
    }),
    restartWorker: enqueueActions(({ context, event, enqueue }) => {
      const gone = brokenIn(context, event);
      if (!gone || (context.crashes[gone.worker_id] ?? 0) >= mostRestarts) return;
      enqueue.emit({ type: 'RESTART', worker_id: gone.worker_id });
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
      description: 'Takes workers in and gives them slots.',
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
      description: 'Ends every worker, admits none, and waits until the last has gone.',
      entry: 'stopWorkers',
      always: { guard: 'isQuiet', target: 'drained' },
      on: {
        SLOT_WANTED: { guard: 'isWithoutSlot', actions: ['queueWorker', 'stopLatecomer'] },
        SLOT_FREED: { actions: 'freeSlot' },
      },
      after: { drainGrace: 'drained' },
    },
    drained: {
      description: 'No worker is under way any more; those still listed as busy would not go.',
    },
  },
});
