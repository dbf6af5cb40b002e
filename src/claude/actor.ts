import { fromCallback } from 'xstate';
import type { ProcessCommand, WorkerSpec } from '../../machines/worker.ts';
import { Controller, type ControllerDeps, isEnding } from './controller.ts';

/**
 * Creates the logic of the actor that holds a worker's processes: it takes commands from the machine
 * and sends facts back. The actor outlives each process of its worker, and a process outlives the
 * actor. A command is obeyed once the decision behind it is in the journal.
 */
export function processLogic(deps: ControllerDeps) {
  const controllers = new Map<string, Controller>();
  return fromCallback<ProcessCommand, WorkerSpec>(({ input, sendBack, receive }) => {
    const controller = new Controller(deps, input, sendBack);
    // XState does not stop the children of a broken actor, so its successor disposes of them.
    void controllers.get(input.worker_id)?.dispose();
    controllers.set(input.worker_id, controller);
    let last = Promise.resolve();
    receive((command) => {
      if (command.type === 'TERMINATE' || command.type === 'KILL') controller.abortWriting();
      last = last
        .then(() => (isEnding(command) ? undefined : deps.recorded(input.worker_id)))
        .then(() => controller.obey(command))
        .catch((error: unknown) => controller.reportFailure(command, error));
    });
    return () => {
      if (controllers.get(input.worker_id) === controller) controllers.delete(input.worker_id);
      void controller.dispose();
    };
  });
}
