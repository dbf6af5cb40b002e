import {
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
import { storedWorkers } from '../journal/load-worker.ts';
import type { Workers } from '../workers/workers.ts';
import type { Claim, Deliveries } from './deliveries.ts';
import {
  currentPhases,
  isReady,
  progressLine,
  type WaitMode,
  type WorkerPhase,
  watchPhases,
} from './phases.ts';
import { joinProgress } from './progress.ts';
import type { Services } from './services.ts';
import { createTally, type Tally } from './tally.ts';
import { type WaitResult, waitResultOf } from './wait-result.ts';

export interface WaitInput {
  /** Which workers; all of this server's when left out. */
  worker_ids?: string[] | undefined;
  mode?: WaitMode | undefined;
  timeout_seconds?: number | undefined;
  /** Ends the wait and nothing else. */
  signal: AbortSignal;
  /** Called at once, after changes at most once a second, and every 25 s without a change. */
  onProgress(line: string): void;
}

/** A result, and its claim on the workers that it reports. */
export interface WaitOutcome extends Claim {
  result: WaitResult;
}

export type Wait = (input: WaitInput) => Promise<WaitOutcome>;

/** Waits for workers of this server, adopted first where necessary. */
export async function waitForWorkers(services: Services, given: WaitInput): Promise<WaitOutcome> {
  const { adoption, directory } = services;
  await directory.ready();
  for (const worker_id of given.worker_ids ?? []) {
    if (!(await directory.isDoneWith(worker_id))) await directory.getOrAdopt(worker_id);
  }
  const worker_ids = given.worker_ids && [...new Set(given.worker_ids)];
  const send = (line: string) => {
    if (!given.signal.aborted) given.onProgress(line);
  };
  const { result, ...claim } = await joinProgress(send, (onProgress) =>
    claimResult(services, { ...given, worker_ids, onProgress }),
  );
  const problems = adoption.problems.takeNew();
  if (problems.length === 0) return { result, ...claim };
  const note = [...problems, result.note ?? []].flat().join(' ');
  const dropped = () => {
    adoption.problems.giveBack(problems);
    claim.dropped();
  };
  return { result: { ...result, note }, ...claim, dropped };
}

async function claimResult(services: Services, input: WaitInput): Promise<WaitOutcome> {
  const { workers, deliveries, config, now } = services;
  const timeUp = createTimeUp(input.timeout_seconds);
  const tally = createTally();
  const isEmpty = workers.liveIds().length === 0 && workers.parked.size === 0;
  const hasEarlier = isEmpty && (await storedWorkers(config)).length > 0;
  for (;;) {
    input.signal.throwIfAborted();
    const isTimeUp = await firstValueFrom(untilReady(workers, input, deliveries, timeUp, tally));
    // Nothing is awaited between the look and the claim, so two waits never claim the same worker.
    const phases = withClaims(currentPhases(workers, input.worker_ids), deliveries);
    const isTimeout = !isReady(phases, input.mode ?? 'all');
    if (isTimeout && !isTimeUp) continue;

    const claim = deliveries.claim(phases.filter(({ phase }) => phase === 'done'));
    const result = waitResultOf(workers, {
      ...{ phases, isTimeout, hasEarlier, folders: config, now: now() },
    });
    await deliveries.recorded(reportedIds(phases, isTimeout));
    return { result, ...claim };
  }
}

const reportedIds = (phases: WorkerPhase[], isTimeout: boolean): string[] =>
  phases
    .filter(({ phase }) => isTimeout || phase === 'done' || phase === 'asking')
    .map(({ worker_id }) => worker_id);

/** Emits once: false when there is a result, true when the time is up. */
function untilReady(
  workers: Workers,
  { worker_ids, mode = 'all', signal, onProgress }: WaitInput,
  deliveries: Deliveries,
  timeUp: Observable<true>,
  tally: Tally,
): Observable<boolean> {
  const phases = combineLatest([watchPhases(workers, worker_ids), deliveries.claims]).pipe(
    map(([list]) => withClaims(list, deliveries)),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  const ready = phases.pipe(
    filter((list) => isReady(list, mode)),
    map(() => false),
  );
  const progress = reportProgress(phases.pipe(map(tally)), onProgress);
  return merge(progress, ready, timeUp, failWhenAborted(signal)).pipe(take(1));
}

const progressMs = 25_000;

function reportProgress(
  phases: Observable<WorkerPhase[]>,
  onProgress: WaitInput['onProgress'],
): Observable<never> {
  const lines = phases.pipe(map(progressLine));
  const ticks = timer(progressMs, progressMs).pipe(withLatestFrom(lines, (_, line) => line));
  return merge(lines.pipe(distinctUntilChanged()), ticks).pipe(tap(onProgress), ignoreElements());
}

/** Emits when the time of a `wait` is up; one timer for all subscribers, from the first one on. */
function createTimeUp(seconds: number | undefined): Observable<true> {
  if (seconds === undefined) return NEVER;
  return timer(seconds * 1000).pipe(
    map((): true => true),
    shareReplay(1),
  );
}

function failWhenAborted(signal: AbortSignal): Observable<never> {
  return merge(signal.aborted ? of(null) : EMPTY, fromEvent(signal, 'abort')).pipe(
    map(() => {
      throw signal.reason;
    }),
  );
}

/** Shows a worker in the result of another `wait` as delivered. */
function withClaims(phases: WorkerPhase[], { isClaimed }: Deliveries): WorkerPhase[] {
  return phases.map((worker) =>
    worker.phase === 'done' && isClaimed(worker) ? { ...worker, phase: 'delivered' } : worker,
  );
}
