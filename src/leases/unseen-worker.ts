import { ManagerError } from '../errors.ts';
import type { Folders } from '../files/paths.ts';
import { type Identity, ownPlace, whereIs } from '../processes/place.ts';
import { shellWord } from '../text/shell-word.ts';

/** The error of a worker whose server or `claude` may run where it cannot be seen from here. */
export class UnseenWorker extends ManagerError {
  constructor(message: string) {
    super('foreign_worker', message);
  }
}

interface UnseenInput {
  worker_id: string;
  folders: Folders;
  what: 'server' | 'claude';
  unseen: Identity;
}

/** Returns the error, which says where the worker is, and how it is used or taken over. */
export async function unseenWorker(input: UnseenInput): Promise<UnseenWorker> {
  const { worker_id, folders, what, unseen } = input;
  const where = whereIs(await ownPlace(), unseen);
  const logs = `--logs-dir ${shellWord(folders.logsDir)}`;
  const state = `--state-dir ${shellWord(folders.stateDir)}`;
  return new UnseenWorker(
    `Worker ${worker_id} is not at hand here: its ${what} is process ${unseen.pid} ${where}, which cannot be seen from here and may still run; use the worker there, or, if that place is gone for good, run: awm adopt ${worker_id} ${logs} ${state}`,
  );
}
