import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type WorkerPaths, workerPaths } from '../src/files/paths.ts';
import { gone, type Life, liveUntil, type Stop } from './adoption-life.ts';
import { foldersOf } from './folders.ts';

/** The number of workers by their last state. */
export type Mix = Partial<Record<Stop, number>>;

/** The logs folder of a killed server. */
export interface Leftovers {
  /** The bytes of all journals. */
  bytes: number;
  /** Reads every journal and parses each of its lines. */
  read(): void;
  /** Restores all files as they were before an adoption. */
  restore(): void;
}

interface LeftWorker {
  paths: WorkerPaths;
  size: number;
  stop: Stop;
}

/** Creates a logs folder. The stdout files are hard links to one file, because no process appends. */
export function leaveBehind(logs: string, mix: Mix): Leftovers {
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const workers: LeftWorker[] = [];
  for (const stop of ['running', 'undelivered', 'delivered'] as const) {
    const life = liveUntil(stop);
    const stdout = join(logs, `.stdout-${stop}`);
    writeFileSync(stdout, life.stdout, { mode: 0o600 });
    for (let count = 0; count < (mix[stop] ?? 0); count += 1) {
      workers.push({ stop, ...leaveWorker(logs, life, stdout) });
    }
  }
  const leftovers = {
    bytes: workers.reduce((total, { size }) => total + size, 0),
    read: () => workers.forEach(readJournal),
    restore: () => workers.forEach(restoreWorker),
  };
  leftovers.restore();
  // A later sync of a file would wait for pending writes.
  execFileSync('sync');
  return leftovers;
}

function leaveWorker(logs: string, life: Life, stdout: string): Omit<LeftWorker, 'stop'> {
  const worker_id = randomUUID();
  const paths = workerPaths(foldersOf(logs), worker_id);
  mkdirSync(paths.folder, { mode: 0o700 });
  const journal = life.journal.replaceAll(life.id, worker_id);
  writeFileSync(paths.journal, journal, { mode: 0o600 });
  linkSync(stdout, paths.stdout);
  return { paths, size: Buffer.byteLength(journal) };
}

function restoreWorker({ paths, size, stop }: LeftWorker): void {
  truncateSync(paths.journal, size);
  for (const name of readdirSync(paths.folder)) {
    if (name.startsWith('.') || name.startsWith('lease')) rmSync(join(paths.folder, name));
  }
  writeFileSync(paths.lease, JSON.stringify({ ...gone, since: 1 }), { mode: 0o600 });
  linkSync(paths.lease, `${paths.lease}.1`);
  if (stop === 'running') rmSync(paths.history, { force: true });
}

function readJournal({ paths }: LeftWorker): void {
  for (const line of readFileSync(paths.journal, 'utf8').split('\n')) {
    if (line !== '') JSON.parse(line);
  }
}
