import { setTimeout as sleep } from 'node:timers/promises';
import { cause } from './cause.ts';
import type { Accident, Target, What } from './plan.ts';
import type { Stage } from './stage.ts';
import { victimsOf } from './victims.ts';

/** An accident that happened. */
export interface Happened {
  at: number;
  target: Target;
  what: What;
  worker_id: string | undefined;
}

export interface AccidentsInput {
  stage: Stage;
  plan: Accident[];
  workerIds(): string[];
  log(line: string): void;
}

/** Causes the accidents of a plan, one after another. Skips an accident without a target. */
export async function causeAccidents(input: AccidentsInput): Promise<Happened[]> {
  const { stage, plan, workerIds, log } = input;
  const happened: Happened[] = [];
  const ends: Promise<void>[] = [];
  let due = Date.now();
  for (const accident of plan) {
    // Times come from the plan, so that a slow machine has as many accidents per minute as a fast one.
    due += accident.after;
    await sleep(Math.max(0, due - Date.now()));
    const { target, what } = accident;
    const victims = await victimsOf(stage, target, workerIds());
    const victim = victims[accident.index % Math.max(1, victims.length)];
    const at = Date.now();
    const end = victim && (await cause(stage, accident, victim));
    if (!victim || !end) continue;
    happened.push({ at, target, what, worker_id: victim.worker_id });
    log(`${what} ${target} ${victim.path ?? victim.pid ?? ''}`);
    ends.push(end());
  }
  await Promise.all(ends);
  return happened;
}
