import { fromCallback } from 'xstate';
import type { ArchiveCommand, WorkerFact, WorkerSpec } from '../../machines/worker.ts';
import { messageOf } from '../errors.ts';
import { workerPaths } from '../files/paths.ts';
import { keepEdited, writeHistory } from './history.ts';

/** What an archive actor needs from outside. */
export interface HistoryDeps {
  logsDir: string;
  /** Resolves once all that was decided about a worker so far is in its journal. */
  recorded(worker_id: string): Promise<void>;
}

/** The actor that writes a worker's history file when it is told that a turn has ended. */
export function archiveLogic(deps: HistoryDeps) {
  return fromCallback<ArchiveCommand, WorkerSpec>(({ input, sendBack, receive }) => {
    let isStopped = false;
    const save = async ({ turn, expected }: ArchiveCommand): Promise<WorkerFact> => {
      try {
        await deps.recorded(input.worker_id);
        const paths = workerPaths(deps.logsDir, input.worker_id);
        await keepEdited(paths.history, expected);
        const written = await writeHistory(paths, async (draft) => {
          // A server that dies from here on leaves a file that the next one must know for its own.
          sendBack({ type: 'DRAFTED', sha256: draft });
          await deps.recorded(input.worker_id);
          // What a stopped actor tells is heard by nobody, so the next server has to do it all.
          if (isStopped) throw new Error('The server is ending.');
        });
        return { type: 'SAVED', turn, ...written };
      } catch (error) {
        return { type: 'SAVE_FAILED', turn, hint: messageOf(error) };
      }
    };
    let last = Promise.resolve();
    receive((command) => {
      last = last.then(() => save(command)).then(sendBack);
    });
    return () => {
      isStopped = true;
    };
  });
}
