import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { endLeftovers as endTagged } from '../../src/processes/reap.ts';
import type { WorkerView } from '../../src/projection/contract.ts';
import { foldAll } from '../../src/projection/fold.ts';
import type { Answer } from './harness.ts';

/** The whole lines of a journal, which may be in the middle of its next one. */
export async function readRecords(logs: string, worker_id: string): Promise<Answer[]> {
  const text = await readFile(join(logs, `worker-${worker_id}`, 'journal.ndjson'), 'utf8');
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/** The worker's latest process, if it ever had one. */
export async function startOf(
  logs: string,
  worker_id: string,
): Promise<{ pid: number; start_time: string } | undefined> {
  const records = await readRecords(logs, worker_id).catch(() => []);
  return records.findLast(({ event }) => event.type === 'PROCESS_STARTED')?.event;
}

/**
 * Every journal tells what really happened: folded through the machine it gives at each step the
 * state that was recorded, and a page that follows its steps has at the end the worker itself.
 */
export async function checkJournals(logs: string): Promise<void> {
  const entries = await readdir(logs, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((one) => one.isDirectory())) {
    const records = await readRecords(logs, entry.name.replace('worker-', '')).catch(() => []);
    // A test may have damaged a journal, which then is none.
    if (records[0]?.event.type !== 'SPAWNED') continue;
    const { fold, steps } = foldAll(records, 'none');
    const page: Partial<WorkerView> = {};
    const states = steps.map(({ patch }) => Object.assign(page, patch).state);
    expect(states).toEqual(records.map(({ to }) => to));
    expect(page).toEqual(fold?.view);
  }
}

/** Workers outlive their server, so a test that ended its server may have left some. */
export async function endLeftovers(logs: string): Promise<void> {
  const entries = await readdir(logs, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  await endTagged(names.map((name) => name.replace('worker-', '')));
}
