import {
  BehaviorSubject,
  combineLatest,
  distinctUntilChanged,
  EMPTY,
  filter,
  firstValueFrom,
  fromEvent,
  ignoreElements,
  map,
  merge,
  NEVER,
  type Observable,
  of,
  shareReplay,
  take,
  tap,
  timer,
  withLatestFrom,
} from 'rxjs';
import type { WorkerContext } from '../machines/worker.ts';
import type { Fleet } from './fleet.ts';
import {
  currentPhases,
  isReady,
  type Phase,
  phasesOf,
  progressLine,
  type WaitMode,
} from './phases.ts';
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
  const claims = new BehaviorSubject<ReadonlySet<string>>(new Set());
  const claim = (ids: ReadonlySet<string>) => claims.next(new Set([...claims.value, ...ids]));
  const unclaim = (ids: ReadonlySet<string>) =>
    claims.next(new Set([...claims.value].filter((id) => !ids.has(id))));

  const recorded = (ids: Iterable<string>) =>
    Promise.all([...ids].map((worker_id) => fleet.recorded(worker_id).catch(() => {})));
  /** What answers so far have delivered, until it is on record: an answer without it says as much. */
  let noted: Promise<unknown> = Promise.resolve();

  return async (given) => {
    const request = { ...given, worker_ids: given.worker_ids && [...new Set(given.worker_ids)] };
    const timeUp = timeUpOf(request.timeout_seconds);
    for (;;) {
      request.signal.throwIfAborted();
      const isTimeUp = await firstValueFrom(untilReady(fleet, request, claims, timeUp));
      // Nothing is awaited between looking and claiming, so two waits never claim the same worker.
      const phases = unclaimed(currentPhases(fleet, request.worker_ids), claims.value);
      const isTimeout = !isReady(phases, request.mode ?? 'all');
      if (isTimeout && !isTimeUp) continue;

      const fresh = new Set(idsIn(phases, 'done'));
      claim(fresh);
      const news = phases.filter(isNews);
      const contexts = contextsOf(fleet, news);
      const running = isTimeout ? { running: runningRows(fleet, phases, now()) } : {};
      const told = isTimeout ? phases : news;
      await Promise.all([noted, recorded(told.map(({ worker_id }) => worker_id))]);
      const answer = { ...answerFrom(contexts, fresh, logsDir), ...running };
      return {
        answer: { ...answer, ...noteFor(answer, phases, isTimeout) },
        delivered() {
          for (const worker_id of fresh) fleet.worker(worker_id)?.send({ type: 'DELIVERED' });
          noted = Promise.all([noted, recorded(fresh)]);
          unclaim(fresh);
        },
        dropped: () => unclaim(fresh),
      };
    }
  };
}

function answerFrom(
  contexts: WorkerContext[],
  fresh: ReadonlySet<string>,
  logsDir: string,
): WaitAnswer {
  const settled = contexts.filter(({ spec }) => fresh.has(spec.worker_id));
  return {
    completed: settled
      .filter(({ failure }) => failure === null)
      .map((context) => completedRow(context, logsDir)),
    failed: settled
      .filter(({ failure }) => failure !== null)
      .map((context) => failedRow(context, logsDir)),
    pending_permissions: contexts.flatMap(permissionRows),
  };
}

/** Whether there is something to say of a worker but that it goes on. */
const isNews = ({ stage }: Phase): boolean => stage === 'done' || stage === 'asking';

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

/** Emits once: false when there is something to say, true when the time is up. */
function untilReady(
  fleet: Fleet,
  { worker_ids, mode = 'all', signal, onProgress }: WaitRequest,
  claims: Observable<ReadonlySet<string>>,
  timeUp: Observable<true>,
): Observable<boolean> {
  const phases = combineLatest([phasesOf(fleet, worker_ids), claims]).pipe(
    map(([list, claimed]) => unclaimed(list, claimed)),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  const lines = phases.pipe(map(progressLine));
  const ticks = timer(progressMs, progressMs).pipe(withLatestFrom(lines, (_, line) => line));
  const progress = merge(lines.pipe(distinctUntilChanged()), ticks).pipe(
    tap(onProgress),
    ignoreElements(),
  );
  const ready = phases.pipe(
    filter((list) => isReady(list, mode)),
    map(() => false),
  );
  return merge(progress, ready, timeUp, failWhenAborted(signal)).pipe(take(1));
}

/** Emits when the time of a `wait` is up, once for all who ask. */
function timeUpOf(seconds: number | undefined): Observable<true> {
  if (seconds === undefined) return NEVER;
  const end = timer(seconds * 1000).pipe(
    map((): true => true),
    shareReplay(1),
  );
  return end;
}

function failWhenAborted(signal: AbortSignal): Observable<never> {
  return merge(signal.aborted ? of(null) : EMPTY, fromEvent(signal, 'abort')).pipe(
    map(() => {
      throw signal.reason;
    }),
  );
}

/** A worker in somebody else's answer counts as delivered here. */
function unclaimed(phases: Phase[], claimed: ReadonlySet<string>): Phase[] {
  return phases.map((phase) =>
    phase.stage === 'done' && claimed.has(phase.worker_id)
      ? { ...phase, stage: 'delivered' }
      : phase,
  );
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
