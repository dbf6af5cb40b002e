import { type WorkerContext, workerMachine } from '../../machines/worker.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { WorkerSnapshot } from '../journal/replay.ts';
import { stateText } from '../journal/state-text.ts';
import type { WorkerView } from './contract.ts';

/** Events that start a state's timer anew while the state stays. */
const rearming = new Set(['SLOT', 'ADOPT']);

/** A turn's time limit goes on while it waits for a permission. */
const timedAs = (state: string | null) => (state === 'awaiting_permission' ? 'running' : state);

/** When the timers of the state began that a record leads to. */
export function armedAt(before: number, { t, from, to, event, dropped }: JournalRecord): number {
  const isNew = timedAs(from) !== timedAs(to) || (rearming.has(event.type) && !dropped);
  return isNew ? t : before;
}

/** The machine's timer that fires next, if none of its events comes first. */
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

/** Named as in the drawn chart. */
const afterDelay = (name: string): Timer => ({ event: `after ${name}`, delay: delayOf(name) });

/** As the chart has it; a delay that is a function depends on more than its state. */
function delayOf(name: string): number {
  const delays: Record<string, unknown> = workerMachine.implementations.delays;
  const delay = delays[name];
  return typeof delay === 'number' ? delay : 0;
}
