import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { endLeftovers as endTagged } from '../../src/processes/reap.ts';
import type { WorkerView } from '../../src/projection/contract.ts';
import { foldAll } from '../../src/projection/fold.ts';
import type { Answer } from './harness.ts';

/** Reads the complete records of a journal, which can end in the middle of a record. */
export async function readRecords(state: string, worker_id: string): Promise<Answer[]> {
  const text = await readFile(join(state, `worker-${worker_id}`, 'journal.ndjson'), 'utf8');
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/** Returns the PROCESS_STARTED event of the worker's latest process, or undefined without a process. */
export async function startOf(
  state: string,
  worker_id: string,
): Promise<{ pid: number; start_time: string } | undefined> {
  const records = await readRecords(state, worker_id).catch(() => []);
  return records.findLast(({ event }) => event.type === 'PROCESS_STARTED')?.event;
}

/**
 * Checks every journal: its replay through the machine gives the recorded state at each step, and the
 * patches of all steps give the final view of the worker.
 */
export async function checkJournals(state: string): Promise<void> {
  const entries = await readdir(state, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((one) => one.isDirectory())) {
    const records = await readRecords(state, entry.name.replace('worker-', '')).catch(() => []);
    // Some tests damage a journal on purpose.
    if (records[0]?.event.type !== 'SPAWNED') continue;
    const { fold, steps } = foldAll(records, 'none');
    const page: Partial<WorkerView> = {};
    const states = steps.map(({ patch }) => Object.assign(page, patch).state);
    expect(states).toEqual(records.map(({ to }) => to));
    expect(page).toEqual(fold?.view);
  }
}

/** Ends the workers that are left: workers outlive a server that a test ended. */
export async function endLeftovers(state: string): Promise<void> {
  const entries = await readdir(state, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  await endTagged(names.map((name) => name.replace('worker-', '')));
}
