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
import type { Fleet } from '../workers/workers.ts';
import {
  currentPhases,
  isReady,
  type Phase,
  phasesOf,
  progressLine,
  type WaitMode,
} from './phases.ts';
import { idsIn, type WaitResult, waitResultOf } from './wait-result.ts';

export interface WaitInput {
  /** Which workers; all of this server's when left out. */
  worker_ids?: string[] | undefined;
  mode?: WaitMode | undefined;
  timeout_seconds?: number | undefined;
  /** Ends the wait and nothing else. */
  signal: AbortSignal;
  /** Told at once on every change, and every 25 s without one. */
  onProgress(line: string): void;
}

/** An answer, and what to do once it was written or could not be: only then is it delivered. */
export interface WaitOutcome {
  result: WaitResult;
  delivered(): void;
  dropped(): void;
}

export type Wait = (request: WaitInput) => Promise<WaitOutcome>;

const progressMs = 25_000;

export function createWait(fleet: Fleet, logsDir: string, now: () => number): Wait {
  /** Workers in an answer that is on its way to somebody, so that no second `wait` reports them. */
  const claims = new BehaviorSubject<ReadonlySet<string>>(new Set());
  const claim = (ids: ReadonlySet<string>) => claims.next(new Set([...claims.value, ...ids]));
  const unclaim = (ids: ReadonlySet<string>) =>
    claims.next(new Set([...claims.value].filter((id) => !ids.has(id))));

  const recorded = async (ids: Iterable<string>) => {
    await Promise.all([...ids].map((worker_id) => fleet.recorded(worker_id).catch(() => {})));
  };
  /** What answers so far have delivered, until it is on record: an answer without it says as much. */
  let noted = Promise.resolve();

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
      const result = waitResultOf(fleet, { phases, isTimeout, logsDir, now: now() });
      const told = phases.filter(
        ({ stage }) => isTimeout || stage === 'done' || stage === 'asking',
      );
      await Promise.all([noted, recorded(told.map(({ worker_id }) => worker_id))]);
      return {
        result,
        delivered() {
          for (const worker_id of fresh) fleet.worker(worker_id)?.send({ type: 'DELIVERED' });
          const before = noted;
          noted = recorded(fresh).then(() => before);
          unclaim(fresh);
        },
        dropped: () => unclaim(fresh),
      };
    }
  };
}

/** Emits once: false when there is something to say, true when the time is up. */
function untilReady(
  fleet: Fleet,
  { worker_ids, mode = 'all', signal, onProgress }: WaitInput,
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
