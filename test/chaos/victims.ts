import { readdir, stat } from 'node:fs/promises';
import { standbyPrefix, type WorkerPaths, workerPaths } from '../../src/files/paths.ts';
import { processesOf } from '../../src/processes/reap.ts';
import { foldersOf } from '../end-to-end/harness.ts';
import type { Target } from './plan.ts';
import { processesBy } from './reader.ts';
import type { Stage } from './stage.ts';

/** What an accident can happen to: a process, or a file of a worker. */
export interface Victim {
  pid?: number;
  path?: string;
  worker_id?: string;
}

/** Returns what an accident of this target can happen to now. */
export async function victimsOf(stage: Stage, target: Target, ids: string[]): Promise<Victim[]> {
  switch (target) {
    case 'server':
    case 'client':
      return [{ pid: stage.serverPid() }].filter(({ pid }) => pid > 0);
    case 'api':
      return [{ pid: stage.api.pid }];
    case 'elsewhere':
      return stage.hasNamespaces ? [{}] : [];
    case 'standby':
      return standbyIn(stage);
    case 'worker':
    case 'tool':
      return perWorker(ids, (id) => processesAs(stage, target, id));
    case 'stdout':
    case 'fifo':
      return perWorker(ids, (id) => fileAs(stage, target, id));
  }
}

async function perWorker(
  ids: string[],
  victims: (worker_id: string) => Promise<Victim[]>,
): Promise<Victim[]> {
  const found = ids.map(async (worker_id) =>
    (await victims(worker_id)).map((victim) => ({ ...victim, worker_id })),
  );
  return (await Promise.all(found)).flat();
}

const pathsOf = (stage: Stage, id: string): WorkerPaths => workerPaths(foldersOf(stage), id);

async function processesAs(stage: Stage, target: 'worker' | 'tool', id: string): Promise<Victim[]> {
  // A frozen server has not written the journal, so the processes are searched by environment.
  const { own, others } = await processesBy(id, pathsOf(stage, id).stdin);
  return (target === 'worker' ? own : others).map((pid) => ({ pid }));
}

/** Returns the file of a worker that has a process: nobody follows the files of another. */
async function fileAs(stage: Stage, target: 'stdout' | 'fifo', id: string): Promise<Victim[]> {
  const { stdin, stdout } = pathsOf(stage, id);
  const path = target === 'fifo' ? stdin : stdout;
  const { own } = await processesBy(id, stdin);
  const hasContent = target === 'fifo' || ((await stat(path).catch(() => null))?.size ?? 0) > 0;
  return own.length > 0 && hasContent ? [{ path }] : [];
}

/** Returns the standby processes and their child processes. */
async function standbyIn({ state }: Stage): Promise<Victim[]> {
  const names = await readdir(state).catch(() => []);
  const ids = names.filter((name) => name.startsWith(standbyPrefix));
  const pids = ids.map((name) => processesOf(name.slice(standbyPrefix.length)));
  return (await Promise.all(pids)).flat().map((pid) => ({ pid }));
}
