import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { bundle, type Stage } from '../demo/stage.ts';
import { type JournalRecord, readJournal } from '../src/journal/journal.ts';

const flag = '--standby';

/** Where a server keeps its files: in the project's default folder for them. */
type OfProject = Pick<Stage, 'project'>;

/** Whether the server can have a process ready before a worker needs it. */
export async function hasStandby(): Promise<boolean> {
  const { stdout } = await promisify(execFile)(process.execPath, [bundle, '--help']);
  return stdout.includes(`${flag} `);
}

/** Arguments for a server that has so many processes ready; none for one that has no such setting. */
export async function standbyArguments(count: number): Promise<string[]> {
  return (await hasStandby()) ? [flag, String(count)] : [];
}

const [patienceMs, pauseMs] = [60_000, 50];

/** Waits until a process on standby is up. It looks again and again, outside of what is measured. */
export async function standbyIsUp(stage: OfProject): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await isStandbyUp(stage))) {
    if (Date.now() > end) throw new Error(`No standby process came up in ${patienceMs} ms.`);
    await pause(pauseMs);
  }
}

/** Waits until the server has replaced the process that it gave away, if it has such ones at all. */
export async function standbyIsBack(stage: OfProject): Promise<void> {
  if (await hasStandby()) await standbyIsUp(stage);
}

/** A process that has answered `initialize` has nothing left to do until it is prompted. */
export async function isStandbyUp(stage: OfProject): Promise<boolean> {
  const logs = logsOf(stage);
  const names = await readdir(logs).catch(() => []);
  const outputs = names
    .filter((name) => name.startsWith('.standby-'))
    .map((name) => readFile(join(logs, name, 'stdout.ndjson'), 'utf8').catch(() => ''));
  return (await Promise.all(outputs)).some(hasAnswered);
}

/**
 * Whether a process has answered by what there is of its stdout. A server hears whole lines only, and
 * a long one can be read while it is still being written: 16 KB of 17 were seen for nine milliseconds.
 */
export const hasAnswered = (stdout: string): boolean => /"control_response".*\n/.test(stdout);

/** How each process of a worker was started: whether it had been on standby. */
export function startsOf(records: readonly JournalRecord[]): boolean[] {
  return records
    .filter(({ event }) => event.type === 'PROCESS_STARTED')
    .map(({ event }) => event.standby === true);
}

/** What a worker's journal has so far. */
export function journalOf(stage: OfProject, worker_id: string): Promise<JournalRecord[]> {
  return readJournal(join(logsOf(stage), `worker-${worker_id}`, 'journal.ndjson'));
}

const logsOf = ({ project }: OfProject): string => join(project, 'logs');
