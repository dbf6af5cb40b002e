import { fromCallback } from 'xstate';
import type { ArchiveCommand, WorkerFact, WorkerSpec } from '../../machines/worker.ts';
import { messageOf } from '../errors.ts';
import { type Folders, workerPaths } from '../files/paths.ts';
import { makeLogsFolder } from '../files/project-folders.ts';
import { keepEdited, writeHistory } from './history.ts';

export interface HistoryDeps {
  folders: Folders;
  /** Resolves once the journal has everything that was decided about a worker so far. */
  recorded(worker_id: string): Promise<void>;
}

/** Creates the logic of the archive actor, which writes the history file at the end of each turn. */
export function archiveLogic(deps: HistoryDeps) {
  return fromCallback<ArchiveCommand, WorkerSpec>(({ input, sendBack, receive }) => {
    let isStopped = false;
    const save = async ({ turn, expected }: ArchiveCommand): Promise<WorkerFact> => {
      try {
        await deps.recorded(input.worker_id);
        // A clean-up of the project can have removed the folder.
        await makeLogsFolder(deps.folders.logsDir);
        const paths = workerPaths(deps.folders, input.worker_id);
        await keepEdited(paths.history, expected);
        const written = await writeHistory(paths, async (sha256) => {
          // If this server dies after the rename, the next one knows the file by this hash.
          sendBack({ type: 'DRAFTED', sha256 });
          await deps.recorded(input.worker_id);
          // A stopped actor cannot send DRAFTED, so the next server writes the file.
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
