import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { standbyPrefix, workerPaths } from '../../src/files/paths.ts';
import { processesOf } from '../../src/processes/reap.ts';
import { foldersOf } from '../end-to-end/harness.ts';
import type { Accident, Target } from './plan.ts';
import { processesBy } from './reader.ts';
import type { Stage } from './stage.ts';

/** An accident that happened. */
export interface Happened {
  at: number;
  target: Target;
  what: Accident['what'];
  worker_id: string | undefined;
}

export interface AccidentsInput {
  stage: Stage;
  plan: Accident[];
  workerIds(): string[];
  log(line: string): void;
}

interface Victim {
  pid: number;
  worker_id?: string;
}

/** Causes the accidents of a plan, one after another. Skips an accident without a target. */
export async function causeAccidents(input: AccidentsInput): Promise<Happened[]> {
  const { stage, plan, workerIds, log } = input;
  const happened: Happened[] = [];
  const thaws: Promise<void>[] = [];
  let due = Date.now();
  for (const accident of plan) {
    // Times come from the plan, so that a slow machine has as many accidents per minute as a fast one.
    due += accident.after;
    await sleep(Math.max(0, due - Date.now()));
    const victims = await victimsOf(stage, accident.target, workerIds());
    const victim = victims[accident.index % Math.max(1, victims.length)];
    const at = Date.now();
    if (!victim || !send(victim.pid, signals[accident.what])) continue;
    const { target, what } = accident;
    happened.push({ at, target, what, worker_id: victim.worker_id });
    log(`${what} ${target} ${victim.pid}`);
    if (what === 'freeze') thaws.push(thaw(victim.pid, accident.frozen));
  }
  await Promise.all(thaws);
  return happened;
}

const signals = { kill: 'SIGKILL', end: 'SIGTERM', freeze: 'SIGSTOP' } as const;

async function thaw(pid: number, ms: number): Promise<void> {
  await sleep(ms);
  send(pid, 'SIGCONT');
}

async function victimsOf(stage: Stage, target: Target, ids: string[]): Promise<Victim[]> {
  if (target === 'server') return [{ pid: stage.serverPid() }].filter(({ pid }) => pid > 0);
  if (target === 'api') return [{ pid: stage.api.pid }];
  if (target === 'standby') return standbyIn(stage);
  const victims = await Promise.all(
    ids.map(async (worker_id) => {
      // A frozen server has not written the journal, so the processes are searched by environment.
      const { own, others } = await processesBy(
        worker_id,
        workerPaths(foldersOf(stage), worker_id).stdin,
      );
      return (target === 'worker' ? own : others).map((pid) => ({ pid, worker_id }));
    }),
  );
  return victims.flat();
}

/** Returns the standby processes and their child processes. */
async function standbyIn({ state }: Stage): Promise<Victim[]> {
  const names = await readdir(state).catch(() => []);
  const ids = names.filter((name) => name.startsWith(standbyPrefix));
  const pids = ids.map((name) => processesOf(name.slice(standbyPrefix.length)));
  return (await Promise.all(pids)).flat().map((pid) => ({ pid }));
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    // The process ended between the search and the signal.
    return false;
  }
}
