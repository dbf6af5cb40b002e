import type { ActorRefFrom } from 'xstate';
import { workerMachine } from '../../machines/worker.ts';
import { processLogic } from '../claude/actor.ts';
import type { ControllerDeps } from '../claude/controller.ts';
import { archiveLogic } from '../history/actor.ts';
import type { RestoredWorker } from '../journal/restored-worker.ts';

export type WorkerActor = ActorRefFrom<typeof workerMachine>;

/** The worker that an actor is; the actor's own id is another. */
export const idOf = (actor: WorkerActor): string => actor.getSnapshot().context.spec.worker_id;

/** Delays of the worker machine that can be set from outside, in milliseconds. */
export type WorkerDelays = Partial<
  Record<'startDeadline' | 'interruptGrace' | 'terminateGrace' | 'killGrace', number>
>;

/** The worker machine with its process and its archive, born anew or from a restored snapshot. */
export function workerLogic(deps: ControllerDeps, delays: WorkerDelays = {}): typeof workerMachine {
  const machine = workerMachine.provide({
    actors: { process: processLogic(deps), archive: archiveLogic(deps) },
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
