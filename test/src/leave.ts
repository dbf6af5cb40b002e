import { mkdir, writeFile } from 'node:fs/promises';
import type { WorkerEvent } from '../../machines/worker.ts';
import { type Folders, workerPaths } from '../../src/files/paths.ts';
import { workerId } from './fixtures.ts';
import { createRecorded } from './journal/actor.ts';

/** A dead process: no kernel uses a process id above 2 ** 22. */
const gone = { pid: 2 ** 22 + 1, start_time: '1' };

/** Returns the events of a worker that runs as this process. */
export const startedAs = (process: { pid: number; start_time: string }): WorkerEvent[] => [
  { type: 'PROCESS_STARTED', ...process },
  { type: 'INITIALIZED', agents: [] },
  { type: 'PROMPT_ACCEPTED', prompt_id: 'p1' },
];

/** The events of a failed worker with a saved history. */
export const settled: WorkerEvent[] = [
  ...startedAs(gone),
  { type: 'EXITED', reason: 'crashed', hint: 'It fell.', returncode: 1 },
  { type: 'SAVED', turn: 1, sha256: '0' },
];
/** The events of a failed worker whose result was delivered. */
export const delivered: WorkerEvent[] = [...settled, { type: 'DELIVERED' }];

/** The events of a worker whose session is lost, and whose result was delivered. */
export const sessionLost: WorkerEvent[] = [
  ...startedAs(gone),
  { type: 'EXITED', reason: 'session_lost', hint: 'It is lost.', returncode: 1 },
  { type: 'SAVED', turn: 1, sha256: '0' },
  { type: 'DELIVERED' },
];

/** Writes the files that a worker of a dead server leaves after these events; returns its id. */
export async function leave(
  folders: Folders,
  number: number,
  events: WorkerEvent[],
  birth = 1,
): Promise<string> {
  const id = workerId(1_000 + number);
  const { records, send } = createRecorded({ slots: events.length === 0 ? 0 : 1 });
  send(...events);
  const lines = records.map((record) => `${JSON.stringify({ ...record, t: record.t + birth })}\n`);
  const { folder, journal, lease } = workerPaths(folders, id);
  await mkdir(folder, { recursive: true });
  await writeFile(journal, lines.join('').replaceAll(workerId(), id));
  await writeFile(lease, JSON.stringify({ ...gone, since: 1 }));
  return id;
}
