import type { WorkerContext } from '../../machines/worker.ts';
import type { Fleet } from '../workers/workers.ts';
import type { Phase } from './phases.ts';
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

export interface WaitAnswer {
  completed: CompletedRow[];
  failed: FailedRow[];
  pending_permissions: PermissionRow[];
  running?: RunningRow[];
  note?: string;
}

/** What an answer is made of. */
export interface WaitAnswerInput {
  /** Of all that are waited for; those that are `done` are told of by this answer. */
  phases: Phase[];
  /** Whether it comes because the time is up, and tells of those that still run. */
  isTimeout: boolean;
  logsDir: string;
  /** Milliseconds since 1970. */
  now: number;
}

/** What `wait` has to say of workers in these phases, as they are at this moment. */
export function answerOf(fleet: Fleet, input: WaitAnswerInput): WaitAnswer {
  const { phases, isTimeout, logsDir, now } = input;
  const settled = contextsOf(fleet, idsIn(phases, 'done'));
  const [failed, completed] = [settled.filter(hasFailed), settled.filter((one) => !hasFailed(one))];
  const answer: WaitAnswer = {
    completed: completed.map((context) => completedRow(context, logsDir)),
    failed: failed.map((context) => failedRow(context, logsDir)),
    pending_permissions: contextsOf(fleet, idsIn(phases, 'asking')).flatMap(permissionRows),
    ...(isTimeout ? { running: runningRows(fleet, idsIn(phases, 'working'), now) } : {}),
  };
  return { ...answer, ...noteFor(answer, phases.length) };
}

const hasFailed = ({ failure }: WorkerContext): boolean => failure !== null;

export const idsIn = (phases: Phase[], stage: Phase['stage']): string[] =>
  phases.filter((phase) => phase.stage === stage).map(({ worker_id }) => worker_id);

const contextsOf = (fleet: Fleet, worker_ids: string[]): WorkerContext[] =>
  worker_ids.flatMap((worker_id) => fleet.worker(worker_id)?.getSnapshot().context ?? []);

function runningRows(fleet: Fleet, worker_ids: string[], now: number): RunningRow[] {
  return worker_ids.flatMap((worker_id) => {
    const snapshot = fleet.worker(worker_id)?.getSnapshot();
    return snapshot ? [runningRow(snapshot, fleet.activityOf(worker_id).since, now)] : [];
  });
}

/** What to do next. */
function noteFor(answer: WaitAnswer, workers: number): { note?: string } {
  if (answer.running) {
    return {
      note: 'The time is up; the workers go on. Call wait again, or stop_worker to end them.',
    };
  }
  if (answer.pending_permissions.length > 0) {
    return { note: 'Answer each request with approve_permission, then call wait again.' };
  }
  if (answer.completed.length + answer.failed.length > 0) return {};
  return {
    note:
      workers === 0
        ? 'Nothing to wait for: there are no workers. Start some with spawn_worker.'
        : 'Nothing to wait for: every worker has settled and was delivered before. list_workers shows their files.',
  };
}
