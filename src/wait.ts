import { firstValueFrom, fromEvent, map, merge, race, shareReplay, take, timer } from 'rxjs';
import { filter, sample, tap } from 'rxjs/operators';
import type { WorkerContext } from '../machines/worker.ts';
import type { Fleet } from './fleet.ts';
import { isReady, type Phase, phasesOf, progressLine, type WaitMode } from './phases.ts';
import {
  type CompletedRow,
  completedRow,
  type FailedRow,
  failedRow,
  type PermissionRow,
  permissionRows,
  type RunningRow,
  runningRow,
} from './report.ts';

export interface WaitRequest {
  /** Which workers; all of this server's when left out. */
  worker_ids?: string[] | undefined;
  mode?: WaitMode | undefined;
  timeout_seconds?: number | undefined;
  /** Ends the wait and nothing else. */
  signal: AbortSignal;
  /** Told at once on every change, and every 25 s without one. */
  onProgress(line: string): void;
}

export interface WaitAnswer {
  completed: CompletedRow[];
  failed: FailedRow[];
  pending_permissions: PermissionRow[];
  running?: RunningRow[];
  note?: string;
}

/** An answer, and what to do once it was written or could not be: only then is it delivered. */
export interface WaitOutcome {
  answer: WaitAnswer;
  delivered(): void;
  dropped(): void;
}

export type Wait = (request: WaitRequest) => Promise<WaitOutcome>;

const progressMs = 25_000;

export function createWait(fleet: Fleet, logsDir: string, now: () => number): Wait {
  /** Workers in an answer that is on its way to somebody, so that no second `wait` reports them. */
  const claimed = new Set<string>();

  return async (request) => {
    const phases = await untilReady(fleet, request, claimed);
    const isTimeout = !isReady(phases, request.mode ?? 'all');
    const contexts = contextsOf(fleet, phases);
    const fresh = idsIn(phases, 'done');
    for (const worker_id of fresh) claimed.add(worker_id);
    await Promise.all(phases.map(({ worker_id }) => fleet.recorded(worker_id).catch(() => {})));

    const settled = contexts.filter(({ spec }) => fresh.includes(spec.worker_id));
    const answer: WaitAnswer = {
      completed: settled
        .filter(({ failure }) => failure === null)
        .map((context) => completedRow(context, logsDir)),
      failed: settled
        .filter(({ failure }) => failure !== null)
        .map((context) => failedRow(context, logsDir)),
      pending_permissions: contexts.flatMap(permissionRows),
      ...(isTimeout ? { running: runningRows(fleet, phases, now()) } : {}),
    };
    const dropped = () => {
      for (const worker_id of fresh) claimed.delete(worker_id);
    };
    const delivered = () => {
      for (const worker_id of fresh) fleet.worker(worker_id)?.send({ type: 'DELIVERED' });
      dropped();
    };
    return { answer: { ...answer, ...noteFor(answer, phases, isTimeout) }, delivered, dropped };
  };
}

const idsIn = (phases: Phase[], stage: Phase['stage']): string[] =>
  phases.filter((phase) => phase.stage === stage).map(({ worker_id }) => worker_id);

const contextsOf = (fleet: Fleet, phases: Phase[]): WorkerContext[] =>
  phases.flatMap(({ worker_id }) => fleet.worker(worker_id)?.getSnapshot().context ?? []);

function runningRows(fleet: Fleet, phases: Phase[], now: number): RunningRow[] {
  return idsIn(phases, 'working').flatMap((worker_id) => {
    const snapshot = fleet.worker(worker_id)?.getSnapshot();
    return snapshot ? [runningRow(snapshot, fleet.activityOf(worker_id).since, now)] : [];
  });
}

/** The phases at the moment when there is something to say, or when the time is up. */
function untilReady(
  fleet: Fleet,
  { worker_ids, mode = 'all', timeout_seconds, signal, onProgress }: WaitRequest,
  claimed: ReadonlySet<string>,
): Promise<Phase[]> {
  signal.throwIfAborted();
  const phases = phasesOf(fleet, worker_ids).pipe(
    map((list) => list.map((phase) => withoutClaim(phase, claimed))),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  const told = merge(phases, phases.pipe(sample(timer(progressMs, progressMs)))).pipe(
    tap((list) => onProgress(progressLine(list))),
  );
  const ready = told.pipe(filter((list) => isReady(list, mode)));
  const limit = timeout_seconds === undefined ? [] : [timer(timeout_seconds * 1000)];
  const timedOut = limit.map((time) => phases.pipe(sample(time)));
  const aborted = fromEvent(signal, 'abort').pipe(
    map((): Phase[] => {
      throw signal.reason;
    }),
  );
  return firstValueFrom(race(merge(ready, ...timedOut).pipe(take(1)), aborted));
}

/** A worker in somebody else's answer counts as delivered here. */
function withoutClaim(phase: Phase, claimed: ReadonlySet<string>): Phase {
  return phase.stage === 'done' && claimed.has(phase.worker_id)
    ? { ...phase, stage: 'delivered' }
    : phase;
}

function noteFor(answer: WaitAnswer, phases: Phase[], isTimeout: boolean): { note?: string } {
  if (isTimeout) {
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
      phases.length === 0
        ? 'Nothing to wait for: there are no workers. Start some with spawn_worker.'
        : 'Nothing to wait for: every worker has settled and was delivered before. list_workers shows their files.',
  };
}
