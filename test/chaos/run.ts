import { causeAccidents, type Happened } from './accidents.ts';
import { playCaller, type Seen } from './caller.ts';
import { planOf } from './plan.ts';
import { type Stage, setStage } from './stage.ts';
import { taskOf } from './task.ts';
import { judge, type Verdict } from './verdict.ts';

export interface ChaosInput {
  seed: number;
  minutes: number;
  /** Workers at once. */
  workers: number;
  say(line: string): void;
}

export interface ChaosReport {
  seed: number;
  workers: number;
  happened: Happened[];
  restarts: number;
  seen: Seen;
  verdict: Verdict;
}

/** Works with real workers while accidents happen, then holds what is left against the promises. */
export async function runChaos({ seed, minutes, workers, say }: ChaosInput): Promise<ChaosReport> {
  const stage = await setStage(workers);
  const tasks = (worker: number, turn: number) => taskOf(seed, worker, turn, stage.ran);
  const players: Seen['players'] = [];
  let isOver = false;
  try {
    const playing = playCaller({
      ...{ stage, count: workers, taskOf: tasks, players },
      isOver: () => isOver,
    });
    const plan = planOf(seed, minutes * 60_000);
    const workerIds = () => players.flatMap(({ id }) => id ?? []);
    const happened = await causeAccidents({ stage, plan, workerIds, say });
    isOver = true;
    const seen = await playing;
    await endAll(stage, workerIds());
    const verdict = await judge({ stage, seen, happened, taskOf: tasks });
    if (isKept(verdict)) await stage.remove();
    else say(`Everything is kept in ${stage.root}`);
    return { seed, workers, happened, restarts: stage.restarts, seen, verdict };
  } finally {
    isOver = true;
    await stage.close();
  }
}

/** Whether every promise was kept. */
export function isKept({ lost, duplicated, orphans, broken }: Verdict): boolean {
  return [lost, duplicated, orphans, broken].every((list) => list.length === 0);
}

async function endAll(stage: Stage, worker_ids: string[]): Promise<void> {
  const server = await stage.server();
  await server.call('stop_worker', { worker_ids });
  await stage.close();
}
