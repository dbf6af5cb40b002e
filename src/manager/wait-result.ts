import type { WorkerContext } from '../../machines/worker.ts';
import type { Folders } from '../files/paths.ts';
import type { Workers } from '../workers/workers.ts';
import type { Phase, WorkerPhase } from './phases.ts';
import {
  type CompletedRow,
  completedRow,
  type FailedRow,
  failedRow,
  type PermissionRow,
  permissionRows,
  type RunningRow,
  runningRow,
} from './rows.ts';

export interface WaitResult {
  completed: CompletedRow[];
  failed: FailedRow[];
  pending_permissions: PermissionRow[];
  running?: RunningRow[];
  note?: string;
}

/** The data that a result is made of. */
export interface WaitResultInput {
  /** All workers of the wait; the result reports the workers that are `done`. */
  phases: WorkerPhase[];
  /** True when the time is up; the result then also reports the workers that still run. */
  isTimeout: boolean;
  /** True when the logs folder has workers, and this server had none when the wait began. */
  hasEarlier: boolean;
  folders: Folders;
  /** Milliseconds since 1970. */
  now: number;
}

/** Builds the result of `wait` from the workers' phases and their state at this moment. */
export function waitResultOf(workers: Workers, input: WaitResultInput): WaitResult {
  const { phases, isTimeout, hasEarlier, folders, now } = input;
  const settled = contextsOf(workers, idsIn(phases, 'done'));
  const [failed, completed] = [
    settled.filter(hasFailed),
    settled.filter((context) => !hasFailed(context)),
  ];
  const result: WaitResult = {
    completed: completed.map((context) => completedRow(context, folders)),
    failed: failed.map((context) => failedRow(context, folders)),
    pending_permissions: contextsOf(workers, idsIn(phases, 'asking')).flatMap(permissionRows),
    ...(isTimeout ? { running: runningRows(workers, idsIn(phases, 'working'), now) } : {}),
  };
  const isKnown = phases.length > 0 || workers.parked.size > 0;
  return { ...result, ...noteFor(result, isKnown ? 'here' : hasEarlier && 'earlier') };
}

const hasFailed = ({ failure }: WorkerContext): boolean => failure !== null;

export const idsIn = (phases: WorkerPhase[], wanted: Phase): string[] =>
  phases.filter(({ phase }) => phase === wanted).map(({ worker_id }) => worker_id);

const contextsOf = (workers: Workers, worker_ids: string[]): WorkerContext[] =>
  worker_ids.flatMap((worker_id) => workers.find(worker_id)?.getSnapshot().context ?? []);

function runningRows(workers: Workers, worker_ids: string[], now: number): RunningRow[] {
  return worker_ids.flatMap((worker_id) => {
    const snapshot = workers.find(worker_id)?.getSnapshot();
    return snapshot ? [runningRow(snapshot, workers.activityOf(worker_id).since, now)] : [];
  });
}

/**
 * Returns a sentence about what to do next.
 * @param workers Which servers have workers: this server, only earlier servers, or no server.
 */
function noteFor(result: WaitResult, workers: 'here' | 'earlier' | false): { note?: string } {
  if (result.running) {
    return {
      note: 'The time is up; the workers go on. Call wait again, or stop_worker to end them.',
    };
  }
  if (result.pending_permissions.length > 0) {
    return { note: 'Answer each request with approve_permission, then call wait again.' };
  }
  if (result.completed.length + result.failed.length > 0) return {};
  if (workers === 'here') {
    return {
      note: 'Nothing to wait for: every worker has settled and was delivered before. list_workers shows their files.',
    };
  }
  const why =
    workers === 'earlier'
      ? 'every worker of earlier servers was delivered before, or another server has it'
      : 'there are no workers';
  return { note: `Nothing to wait for: ${why}. Start some with spawn_worker.` };
}
