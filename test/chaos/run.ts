import { causeAccidents, type Happened } from './accidents.ts';
import { playCaller } from './caller.ts';
import { planOf } from './plan.ts';
import { newSeen, type Seen } from './player.ts';
import { type Stage, setStage } from './stage.ts';
import { taskOf } from './task.ts';
import { judge, type Verdict } from './verdict.ts';

export interface ChaosInput {
  seed: number;
  minutes: number;
  /** Workers at once. */
  workers: number;
  log(line: string): void;
}

export interface ChaosReport {
  seed: number;
  workers: number;
  happened: Happened[];
  restarts: number;
  seen: Seen;
  verdict: Verdict;
  /** The folder of the run, which is kept when a promise was broken. */
  root: string;
}

/** The time in which the workers must settle after the last accident. */
const patienceMs = 120_000;

/** Runs real workers during accidents, and then checks the promises against the files. */
export async function runChaos({ seed, minutes, workers, log }: ChaosInput): Promise<ChaosReport> {
  const stage = await setStage(workers);
  const tasks = (worker: number, turn: number) => taskOf(seed, worker, turn, stage.ran);
  const seen = newSeen(workers);
  let overSince = Number.POSITIVE_INFINITY;
  try {
    const playing = playCaller({
      ...{ stage, seen, taskOf: tasks },
      isOver: () => Date.now() >= overSince,
      isTooLate: () => Date.now() >= overSince + patienceMs,
    });
    const plan = planOf(seed, minutes * 60_000);
    const workerIds = () => seen.players.flatMap(({ id }) => id ?? []);
    const happened = await causeAccidents({ stage, plan, workerIds, log });
    overSince = Date.now();
    await playing;
    await endAll(stage, workerIds());
    const verdict = await judge({ stage, seen, happened, taskOf: tasks });
    if (isKept(verdict)) await stage.remove();
    const { root, restarts } = stage;
    return { seed, workers, happened, restarts, seen, verdict, root };
  } finally {
    overSince = 0;
    await stage.close();
  }
}

/** True when every promise was kept. */
export function isKept({ lost, duplicated, orphans, broken }: Verdict): boolean {
  return [lost, duplicated, orphans, broken].every((list) => list.length === 0);
}

async function endAll(stage: Stage, worker_ids: string[]): Promise<void> {
  const server = await stage.server();
  await server.call('stop_worker', { worker_ids });
  await stage.close();
}
