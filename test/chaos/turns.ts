import type { Answer } from '../end-to-end/harness.ts';
import type { Happened } from './accidents.ts';
import { answerOf, isAllowed, nameOf, type Task } from './task.ts';
import type { Verdict } from './verdict.ts';
import type { Witness } from './witness.ts';

/** One turn of a history file, and the data to check it. */
export interface TurnCase {
  turn: Answer;
  task: Task;
  /** All messages of the history file, as text. */
  said: string;
  /** The accidents of the worker during this turn. */
  happened: Happened[];
  /** The accidents of the worker during the previous turn. */
  happenedBefore: Happened[];
  /** When the output of the worker was emptied, in the whole run. */
  emptied: number[];
  witness: Witness;
}

/**
 * Returns the accidents during a turn: of its worker, and of the processes that all workers share. A
 * kill can be recorded shortly before the turn.
 */
export function during(turn: Answer, worker_id: string, happened: Happened[]): Happened[] {
  const [start, end] = [Date.parse(turn?.started_at) - 1_000, Date.parse(turn?.ended_at)];
  const isNear = ({ worker_id: hit = worker_id }: Happened) => hit === worker_id;
  return happened.filter((one) => isNear(one) && one.at >= start && one.at <= end);
}

/** Checks that a completed turn has all its answers, and ran all commands that were allowed. */
export function judgeCompleted(one: TurnCase, verdict: Verdict): void {
  const { turn, task, said, happened, witness } = one;
  const { tag, result, steps } = task;
  const isTold = tellsOfLoss(one);
  if (turn.result !== result && !(isTold && turn.result === null))
    verdict.broken.push(`${tag} completed with ${turn.result}`);
  // An API that was killed between its answer and its record has answered without a record.
  const wasApiKilled = happened.some(({ target, what }) => target === 'api' && what === 'kill');
  for (const index of steps.keys()) {
    const step = `${tag}.S${index}`;
    if (!wasApiKilled && !witness.answered.has(step))
      verdict.broken.push(`${step} was never answered`);
    if (!isTold && !said.includes(answerOf(tag, index)))
      verdict.lost.push(`${step} is not in the history`);
  }
  if (happened.some(({ target }) => target === 'tool')) return;
  const calls = steps.flatMap(({ tools = [] }) => tools);
  for (const command of calls.map(({ input }) => String(input?.command)).filter(isAllowed)) {
    if (!witness.ran.has(nameOf(command))) verdict.lost.push(`${nameOf(command)} never ran`);
  }
}

/**
 * Checks that a failed turn had an accident of its own process, and names that reason. Its history has
 * all answers but the last: the last answer may not have arrived.
 */
export function judgeFailed(one: TurnCase, verdict: Verdict): void {
  const { turn, task, said, witness } = one;
  const { tag, steps } = task;
  if (!hasTrueReason(one)) verdict.broken.push(`${tag} is ${turn.reason}: ${turn.error_hint}`);
  const answered = [...steps.keys()].filter((index) => witness.answered.has(`${tag}.S${index}`));
  for (const index of answered.slice(0, -1)) {
    if (!tellsOfLoss(one) && !said.includes(answerOf(tag, index)))
      verdict.lost.push(`${tag}.S${index} is not in the history`);
  }
}

function hasTrueReason({ turn, happened, happenedBefore, emptied }: TurnCase): boolean {
  const isKill = ({ target, what }: Happened) => target === 'worker' && what === 'kill';
  const isEnd = (one: Happened) => isKill(one) || one.what === 'empty';
  if (turn.reason === 'session_lost') return happenedBefore.some(isEnd);
  if (!['killed', 'crashed', 'interrupted'].includes(turn.reason)) return false;
  return happened.some(isKill) || (namesOutput(turn) && emptied.some((at) => at <= endOf(turn)));
}

/** True when output of this turn was emptied, and its entry says so: then a text may be missing. */
function tellsOfLoss({ turn, emptied }: TurnCase): boolean {
  return namesOutput(turn) && emptied.some((at) => at >= Date.parse(turn.started_at));
}

const namesOutput = ({ warning, error_hint }: Answer): boolean =>
  `${warning} ${error_hint}`.includes('stdout.ndjson');

const endOf = ({ ended_at }: Answer): number => Date.parse(ended_at);
