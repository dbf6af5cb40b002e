import type { Answer } from '../end-to-end/harness.ts';
import type { Happened } from './accidents.ts';
import { answerOf, isAllowed, nameOf, type Task } from './task.ts';
import type { Verdict } from './verdict.ts';
import type { Witness } from './witness.ts';

/** One turn as the history file tells it, and all there is to hold against that. */
export interface TurnCase {
  turn: Answer;
  task: Task;
  /** Everything the history file holds of the conversation, as text. */
  said: string;
  /** What was done to this turn's worker while it was under way. */
  happened: Happened[];
  /** The same for the turn before. */
  happenedBefore: Happened[];
  witness: Witness;
}

/**
 * What happened during a turn to its worker, and to what all workers share; a kill may be noted a
 * little before the turn is.
 */
export function during(turn: Answer, worker_id: string, happened: Happened[]): Happened[] {
  const [start, end] = [Date.parse(turn?.started_at) - 1_000, Date.parse(turn?.ended_at)];
  const isNear = ({ worker_id: hit = worker_id }: Happened) => hit === worker_id;
  return happened.filter((one) => isNear(one) && one.at >= start && one.at <= end);
}

/** A completed turn has its last answer, all answers before it, and ran what it was allowed to. */
export function judgeCompleted(one: TurnCase, verdict: Verdict): void {
  const { turn, task, said, happened, witness } = one;
  const { tag, result, steps } = task;
  if (turn.result !== result) verdict.broken.push(`${tag} completed with ${turn.result}`);
  // An API that is killed between its answer and its record has given an answer all the same.
  const wasApiKilled = happened.some(({ target, what }) => target === 'api' && what === 'kill');
  for (const index of steps.keys()) {
    const step = `${tag}.S${index}`;
    if (!wasApiKilled && !witness.answered.has(step))
      verdict.broken.push(`${step} was never answered`);
    if (!said.includes(answerOf(tag, index))) verdict.lost.push(`${step} is not in the history`);
  }
  if (happened.some(({ target }) => target === 'tool')) return;
  const calls = steps.flatMap(({ tools = [] }) => tools);
  for (const command of calls.map(({ input }) => String(input?.command)).filter(isAllowed)) {
    if (!witness.ran.has(nameOf(command))) verdict.lost.push(`${nameOf(command)} never ran`);
  }
}

/**
 * A turn fails of nothing but an accident to its own process, and says so. What it had been answered
 * before is kept; of the answer that came last it is unknown whether it arrived.
 */
export function judgeFailed(one: TurnCase, verdict: Verdict): void {
  const { turn, task, said, witness } = one;
  const { tag, steps } = task;
  if (!isTrue(one)) verdict.broken.push(`${tag} is ${turn.reason}: ${turn.error_hint}`);
  const answered = [...steps.keys()].filter((index) => witness.answered.has(`${tag}.S${index}`));
  for (const index of answered.slice(0, -1)) {
    if (!said.includes(answerOf(tag, index)))
      verdict.lost.push(`${tag}.S${index} is not in the history`);
  }
}

function isTrue({ turn, happened, happenedBefore }: TurnCase): boolean {
  const isKill = ({ target, what }: Happened) => target === 'worker' && what === 'kill';
  if (turn.reason === 'session_lost') return happenedBefore.some(isKill);
  return ['killed', 'crashed', 'interrupted'].includes(turn.reason) && happened.some(isKill);
}
