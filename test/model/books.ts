import { expect } from 'vitest';
import { replay } from '../../src/inspect/replay.ts';
import type { Manager } from '../../src/manager.ts';
import { type JournalRecord, readJournal } from '../../src/store/journal.ts';
import { workerPaths } from '../../src/store/paths.ts';

/** What a run of calls leaves behind. */
export interface Books {
  manager: Manager;
  config: { logsDir: string };
  workers: string[];
  delivered: ReadonlyMap<string, number>;
  turns: ReadonlyMap<string, number>;
  warnings: string[];
}

/** What must hold of a server at rest, whatever was done before. */
export async function checkBooks(books: Books): Promise<void> {
  const { manager, workers, delivered, turns, config, warnings } = books;
  const { busy, queue } = manager.fleet.supervisor.getSnapshot().context;
  expect({ busy, queue, warnings }).toEqual({ busy: [], queue: [], warnings: [] });
  for (const worker_id of workers) {
    expect(delivered.get(worker_id) ?? 0).toBeLessThanOrEqual(turns.get(worker_id) ?? 0);
    await manager.fleet.recorded(worker_id);
    const records = await readJournal(workerPaths(config.logsDir, worker_id).journal);
    checkOrder(records);
    checkDecisions(records);
    checkFold(manager, worker_id, records);
  }
}

/** Records are numbered without gaps, and each begins where the last one ended. */
function checkOrder(records: JournalRecord[]): void {
  records.forEach(({ seq, from }, index) => {
    expect({ seq, from }).toEqual({ seq: index + 1, from: records[index - 1]?.to ?? null });
  });
}

/** Every request is answered at most once, and only after it was asked. */
function checkDecisions(records: JournalRecord[]): void {
  const asked = new Set<string>();
  for (const { event, dropped } of records) {
    if (dropped) continue;
    const { request, answer } = event as { request?: Named; answer?: Named };
    if (event.type === 'PERMISSION_ASKED' && request) asked.add(request.request_id);
    if (event.type !== 'ANSWER_PERMISSION' || !answer) continue;
    expect(asked.delete(answer.request_id), `${answer.request_id} stood`).toBe(true);
  }
}

type Named = { request_id: string };

/** The journal folded again gives what the server holds in its memory. */
function checkFold(manager: Manager, worker_id: string, records: JournalRecord[]): void {
  const live =
    manager.fleet.worker(worker_id)?.getSnapshot() ?? manager.fleet.parked.get(worker_id);
  const folded = [...replay(records)].at(-1)?.snapshot;
  expect(folded?.value).toEqual(live?.value);
  expect(folded?.context).toEqual(live?.context);
}
