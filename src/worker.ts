import type { ActorRefFrom } from 'xstate';
import { type WorkerContext, workerMachine } from '../machines/worker.ts';
import { archiveLogic } from './archive/actor.ts';
import type { HandlePort } from './claude/handle.ts';
import { processLogic } from './claude/process.ts';
import type { Activity } from './inspect/activity.ts';
import type { WorkerSnapshot } from './inspect/replay.ts';

export type WorkerActor = ActorRefFrom<typeof workerMachine>;

/** The worker that an actor is; the actor's own id is another. */
export const idOf = (actor: WorkerActor): string => actor.getSnapshot().context.spec.worker_id;

/** A worker as its journal left it, to go on from there. */
export interface RestoredWorker {
  value: WorkerSnapshot['value'];
  context: WorkerContext;
  activity: Activity;
}

/** What a worker is at some moment, without its actors. */
export type WorkerData = Pick<WorkerSnapshot, 'value' | 'context'>;

/** Whether nobody needs a worker any more, until it is resumed. */
export function isDoneWith(worker: WorkerData): boolean {
  const { delivered, saved, process } = worker.context;
  const isSettled = worker.value === 'completed' || worker.value === 'failed';
  return isSettled && delivered && saved && process === null;
}

/** Delays of the worker machine that can be set from outside, in milliseconds. */
export type WorkerDelays = Partial<
  Record<'startDeadline' | 'interruptGrace' | 'terminateGrace' | 'killGrace', number>
>;

/** The worker machine with its process and its archive, born anew or from a restored snapshot. */
export function workerLogic(port: HandlePort, delays: WorkerDelays = {}): typeof workerMachine {
  const machine = workerMachine.provide({
    actors: { process: processLogic(port), archive: archiveLogic(port) },
    delays,
  });
  const born: typeof machine.getInitialSnapshot = (scope, birth) =>
    birth && 'value' in birth
      ? machine.restoreSnapshot(persisted(birth as unknown as RestoredWorker), scope)
      : machine.getInitialSnapshot(scope, birth);
  // XState can restore a root actor but not a spawned one, so the birth itself does it.
  return Object.assign(Object.create(machine), { getInitialSnapshot: born });
}

/** A folded snapshot in the form in which XState restores one, with both of its actors to be started. */
function persisted({ value, context }: RestoredWorker) {
  const child = (src: string) => ({
    src,
    syncSnapshot: false,
    snapshot: { status: 'active', output: undefined, error: undefined, input: context.spec },
  });
  return {
    ...{ status: 'active', output: undefined, error: undefined, historyValue: {} },
    ...{ value, context },
    children: { process: child('process'), archive: child('archive') },
  } as unknown as Parameters<typeof workerMachine.restoreSnapshot>[0];
}
