import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { bundle, type Stage } from '../demo/stage.ts';
import { type JournalRecord, readJournal } from '../src/journal/journal.ts';

const flag = '--standby';

type WithState = Pick<Stage, 'state'>;

/** True when the server supports standby processes. */
export async function hasStandby(): Promise<boolean> {
  const { stdout } = await promisify(execFile)(process.execPath, [bundle, '--help']);
  return stdout.includes(`${flag} `);
}

/** Returns the arguments for so many standby processes, or none when the server has no such setting. */
export async function standbyArguments(count: number): Promise<string[]> {
  return (await hasStandby()) ? [flag, String(count)] : [];
}

const [patienceMs, pauseMs] = [60_000, 50];

/** Waits until a standby process is ready. It polls, but outside the measured time. */
export async function standbyIsUp(stage: WithState): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await isStandbyUp(stage))) {
    if (Date.now() > end) throw new Error(`No standby process came up in ${patienceMs} ms.`);
    await pause(pauseMs);
  }
}

/** Waits until the server has replaced the used standby process, if it has standby processes. */
export async function standbyIsBack(stage: WithState): Promise<void> {
  if (await hasStandby()) await standbyIsUp(stage);
}

/** True for a process that has answered `initialize`: its start is complete. */
export async function isStandbyUp(stage: WithState): Promise<boolean> {
  const names = await readdir(stage.state).catch(() => []);
  const outputs = names
    .filter((name) => name.startsWith('.standby-'))
    .map((name) => readFile(join(stage.state, name, 'stdout.ndjson'), 'utf8').catch(() => ''));
  return (await Promise.all(outputs)).some(hasAnswered);
}

/**
 * True when the stdout of a process has its complete answer. A server handles only complete lines, and a
 * long line can be incomplete when it is read: 16 KB of 17 were seen for nine milliseconds.
 */
export const hasAnswered = (stdout: string): boolean => /"control_response".*\n/.test(stdout);

/** Returns for each process of a worker whether it was a standby process. */
export function startsOf(records: readonly JournalRecord[]): boolean[] {
  return records
    .filter(({ event }) => event.type === 'PROCESS_STARTED')
    .map(({ event }) => event.standby === true);
}

/** Reads a worker's journal. */
export function journalOf(stage: WithState, worker_id: string): Promise<JournalRecord[]> {
  return readJournal(join(stage.state, `worker-${worker_id}`, 'journal.ndjson'));
}
