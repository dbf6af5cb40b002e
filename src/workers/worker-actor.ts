import type { ActorRefFrom } from 'xstate';
import { workerMachine } from '../../machines/worker.ts';
import { processLogic } from '../claude/actor.ts';
import type { ControllerDeps } from '../claude/controller.ts';
import { archiveLogic } from '../history/actor.ts';
import { restorable } from '../journal/xstate-internals.ts';

export type WorkerActor = ActorRefFrom<typeof workerMachine>;

/** Returns the id of an actor's worker; the actor's own id is a number. */
export const idOf = (actor: WorkerActor): string => actor.getSnapshot().context.spec.worker_id;

/** Delays of the worker machine that tests set, in milliseconds. */
export type WorkerDelays = Partial<
  Record<'startDeadline' | 'interruptGrace' | 'terminateGrace' | 'killGrace', number>
>;

/** Returns the worker machine with its process and its archive; it takes a new worker or a restored worker. */
export function workerLogic(deps: ControllerDeps, delays: WorkerDelays = {}): typeof workerMachine {
  const machine = workerMachine.provide({
    actors: { process: processLogic(deps), archive: archiveLogic(deps) },
    delays,
  });
  return restorable(machine, ['process', 'archive'], ({ spec }) => spec);
}
