import { fromCallback } from 'xstate';
import type { ProcessCommand, WorkerSpec } from '../../machines/worker.ts';
import { type ControllerDeps, createHandle, type Handle, isEnding } from './controller.ts';

/**
 * The actor that holds a worker's process: commands from the machine go in, facts come out.
 * It outlives any single process of its worker, and a process outlives it. Nothing leaves it before
 * the decision to do so is in the journal.
 */
export function processLogic(deps: ControllerDeps) {
  const handles = new Map<string, Handle>();
  return fromCallback<ProcessCommand, WorkerSpec>(({ input, sendBack, receive }) => {
    const handle = createHandle(deps, input, sendBack);
    // XState does not end what a broken actor has invoked; its successor does.
    void handles.get(input.worker_id)?.dispose();
    handles.set(input.worker_id, handle);
    let last = Promise.resolve();
    receive((command) => {
      if (command.type === 'TERMINATE' || command.type === 'KILL') handle.giveUpWriting();
      last = last
        .then(() => (isEnding(command) ? undefined : deps.recorded(input.worker_id)))
        .then(() => handle.obey(command))
        .catch((error: unknown) => handle.complain(command, error));
    });
    return () => {
      if (handles.get(input.worker_id) === handle) handles.delete(input.worker_id);
      void handle.dispose();
    };
  });
}
