import type { PermissionAnswer, PermissionRequest } from '../../machines/worker.ts';
import type { JournalRecord } from './journal.ts';

/** The status of a permission request. */
export type RequestStatus = 'open' | 'allowed' | 'denied' | 'withdrawn' | 'gone';

export interface IndexedRequest {
  worker_id: string;
  status: RequestStatus;
}

/** All permission requests of all workers. It explains to a late caller why an answer is too late. */
export interface RequestIndex {
  add(record: JournalRecord): void;
  /** Finds a request by the id that `wait` showed. */
  find(request_id: string): IndexedRequest | undefined;
}

export function createRequestIndex(): RequestIndex {
  const requests = new Map<string, IndexedRequest>();
  /** Open requests by worker and by the CLI's own id. */
  const open = new Map<string, Map<string, IndexedRequest>>();

  const close = (worker_id: string, cli_id: string, status: RequestStatus) => {
    const request = open.get(worker_id)?.get(cli_id);
    if (request) request.status = status;
    open.get(worker_id)?.delete(cli_id);
  };
  const addAsked = (worker_id: string, { request_id, cli_id }: PermissionRequest) => {
    close(worker_id, cli_id, 'withdrawn');
    const request: IndexedRequest = { worker_id, status: 'open' };
    requests.set(request_id, request);
    open.set(worker_id, (open.get(worker_id) ?? new Map()).set(cli_id, request));
  };
  const closeAnswered = (worker_id: string, { request_id, allow }: PermissionAnswer) => {
    const answered = requests.get(request_id);
    for (const [cli_id, request] of open.get(worker_id) ?? []) {
      if (request === answered) close(worker_id, cli_id, allow ? 'allowed' : 'denied');
    }
  };

  return {
    add({ worker, event, to, dropped }) {
      if (dropped) return;
      // The recorder copied these events from a WorkerEvent, so their fields have its types.
      const isOpened = to === 'awaiting_permission' || to.startsWith('resumed.');
      if (event.type === 'PERMISSION_ASKED' && isOpened) {
        addAsked(worker, event.request as PermissionRequest);
      }
      if (event.type === 'ANSWER_PERMISSION') {
        closeAnswered(worker, event.answer as PermissionAnswer);
      }
      if (event.type === 'PERMISSION_WITHDRAWN') close(worker, String(event.cli_id), 'withdrawn');
      // A request belongs to the process: a turn may end around it.
      if (event.type !== 'EXITED' && !['stopping', 'completed', 'failed'].includes(to)) return;
      for (const cli_id of open.get(worker)?.keys() ?? []) close(worker, cli_id, 'gone');
      open.delete(worker);
    },
    find: (request_id) => requests.get(request_id),
  };
}
