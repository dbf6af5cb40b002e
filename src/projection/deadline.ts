import { type WorkerContext, workerMachine } from '../../machines/worker.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { WorkerSnapshot } from '../journal/replay.ts';
import { stateText } from '../journal/state-text.ts';
import type { WorkerView } from './contract.ts';

/** Events that restart the timers of a state without leaving it. */
const rearming = new Set(['SLOT', 'ADOPT']);

/** The time limit of a turn continues while the worker waits for a permission or for its agents. */
const timedAs = (state: string | null) =>
  state === 'awaiting_permission' || state === 'running.background' ? 'running' : state;

/** Returns when the timers of the state after a record were started. */
export function armedAt(before: number, { t, from, to, event, dropped }: JournalRecord): number {
  const isOwnTurn = from === 'running.background' && to === 'running';
  const isNew =
    timedAs(from) !== timedAs(to) || isOwnTurn || (rearming.has(event.type) && !dropped);
  return isNew ? t : before;
}

/** Returns the machine's next timer, which fires unless an event comes first. */
export function deadlineOf(
  { value, context }: WorkerSnapshot,
  armed: number,
  now: number,
): WorkerView['deadline'] {
  const timers = timersOf(stateText(value), context).map(({ event, delay }) => ({
    at: armed + delay,
    event,
  }));
  return timers.find(({ at }) => at > now) ?? null;
}

interface Timer {
  event: string;
  delay: number;
}

function timersOf(state: string, context: WorkerContext): Timer[] {
  switch (state) {
    case 'spawning.starting':
    case 'resumed.starting':
      return [afterDelay('startDeadline')];
    case 'spawning.handed_over':
    case 'resumed.handed_over':
      return ['startDeadline', 'handOverDeadline'].map(afterDelay);
    case 'running':
    case 'awaiting_permission': {
      const { time_limit_seconds } = context.spec;
      return time_limit_seconds === null
        ? []
        : [{ event: 'TIME_LIMIT_REACHED', delay: time_limit_seconds * 1000 }];
    }
    case 'stopping':
      return ['interruptGrace', 'terminateGrace', 'killGrace'].map(afterDelay);
    default:
      return [];
  }
}

/** Names a timer as the drawn chart does. */
const afterDelay = (name: string): Timer => ({ event: `after ${name}`, delay: delayOf(name) });

/** Returns a delay of the chart; 0 for a function, which depends on more than the state. */
function delayOf(name: string): number {
  const delays: Record<string, unknown> = workerMachine.implementations.delays;
  const delay = delays[name];
  return typeof delay === 'number' ? delay : 0;
}
