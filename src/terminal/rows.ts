import { isAlive } from '../claude/liveness.ts';
import { stateText } from '../inspect/state.ts';
import { readWorker, storedWorkers } from '../stored.ts';

/** One worker as its files tell it. Times are milliseconds since 1970. */
export interface Row {
  worker_id: string;
  description: string;
  /** Such as `running`; `interrupted?` when its process is gone and nobody has noticed yet. */
  state: string;
  since: number;
  cost_usd: number;
  last_line: string;
}

/** Every worker of a logs folder, the oldest first. Nothing is changed; what cannot be read is left out. */
export async function readRows(logsDir: string): Promise<Row[]> {
  const ids = await storedWorkers(logsDir);
  const rows = await Promise.all(ids.map((id) => readRow(logsDir, id).catch(() => undefined)));
  return rows
    .flatMap((row) => row ?? [])
    .sort((one, other) => one.born - other.born)
    .map(({ born: _, ...row }) => row);
}

async function readRow(
  logsDir: string,
  worker_id: string,
): Promise<(Row & { born: number }) | undefined> {
  const stored = await readWorker(logsDir, worker_id);
  if (!stored) return undefined;
  const { context, value, activity } = stored.restored;
  const state = stateText(value);
  const isGone = context.process !== null && !(await isAlive(context.process));
  return {
    worker_id,
    description: context.spec.description,
    state: isGone && isUnderWay(state) ? 'interrupted?' : state,
    since: activity.since,
    cost_usd: context.totals.cost_usd,
    last_line: activity.lastLine,
    born: stored.records[0]?.t ?? 0,
  };
}

/** Whether a turn is being brought up, at work, or asking. */
export const isUnderWay = (state: string): boolean =>
  !/^(completed|failed|interrupted\?)$/.test(state);
