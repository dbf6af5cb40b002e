import type { PermissionAnswer, PermissionRequest } from '../../machines/worker.ts';
import type { JournalRecord } from './journal.ts';

/** What became of a permission request. */
export type RequestFate = 'open' | 'allowed' | 'denied' | 'withdrawn' | 'gone';

/** A request of some worker, by the id that `wait` showed. */
export interface LedgerEntry {
  worker_id: string;
  fate: RequestFate;
}

/** Remembers every request of every worker, so that a late answer can be told why it is too late. */
export interface RequestLedger {
  note(record: JournalRecord): void;
  find(request_id: string): LedgerEntry | undefined;
}

export function createRequestLedger(): RequestLedger {
  const entries = new Map<string, LedgerEntry>();
  /** Open requests by worker and by the CLI's own id. */
  const open = new Map<string, Map<string, LedgerEntry>>();

  const close = (worker_id: string, cli_id: string, fate: RequestFate) => {
    const entry = open.get(worker_id)?.get(cli_id);
    if (entry) entry.fate = fate;
    open.get(worker_id)?.delete(cli_id);
  };
  const ask = (worker_id: string, { request_id, cli_id }: PermissionRequest) => {
    close(worker_id, cli_id, 'withdrawn');
    const entry: LedgerEntry = { worker_id, fate: 'open' };
    entries.set(request_id, entry);
    open.set(worker_id, (open.get(worker_id) ?? new Map()).set(cli_id, entry));
  };
  const answer = (worker_id: string, { request_id, allow }: PermissionAnswer) => {
    const entry = entries.get(request_id);
    for (const [cli_id, candidate] of open.get(worker_id) ?? []) {
      if (candidate === entry) close(worker_id, cli_id, allow ? 'allowed' : 'denied');
    }
  };

  return {
    note({ worker, event, to, dropped }) {
      if (dropped) return;
      // The events are the machine's own; see WorkerEvent for their fields.
      if (event.type === 'PERMISSION_ASKED' && to === 'awaiting_permission') {
        ask(worker, event.request as PermissionRequest);
      }
      if (event.type === 'ANSWER_PERMISSION') answer(worker, event.answer as PermissionAnswer);
      if (event.type === 'PERMISSION_WITHDRAWN') close(worker, String(event.cli_id), 'withdrawn');
      if (to === 'running' || to === 'awaiting_permission') return;
      for (const cli_id of open.get(worker)?.keys() ?? []) close(worker, cli_id, 'gone');
      open.delete(worker);
    },
    find: (request_id) => entries.get(request_id),
  };
}
