import { combineLatest, distinctUntilChanged, map, Observable, of, type Subscriber } from 'rxjs';
import type { WorkerSnapshot } from '../journal/replay.ts';
import type { WorkerActor } from '../workers/worker-actor.ts';
import type { Workers } from '../workers/workers.ts';

/**
 * The states of a worker that make a difference to `wait`.
 * `done`: settled, history file written, not yet delivered. `gone`: not a worker of this server.
 */
export type Phase = 'working' | 'asking' | 'done' | 'delivered' | 'gone';

export interface WorkerPhase {
  worker_id: string;
  phase: Phase;
  /** The turn that the phase belongs to; 0 when the worker is gone. */
  turn: number;
  /** Ids of the open permission requests, so that a new one is a new phase. */
  requests: string;
  /** Cost so far, in USD, for the progress line. */
  cost_usd: number;
}

export type WaitMode = 'all' | 'any';

/**
 * Emits the phases of the given workers, or of all live workers, now and on every change.
 * Each worker's events become distinct phases before they are combined, so the cost grows with the
 * number of phase changes and not of messages.
 */
export function watchPhases(
  workers: Workers,
  worker_ids: string[] | undefined,
): Observable<WorkerPhase[]> {
  const ids = worker_ids ? of(worker_ids) : workers.ids.pipe(distinctUntilChanged());
  const watched = new WeakMap<WorkerActor, Observable<WorkerPhase>>();
  const watchWorker = (worker_id: string): Observable<WorkerPhase> => {
    const actor = workers.find(worker_id);
    if (!actor) return of(goneWorker(worker_id));
    const phases = watched.get(actor) ?? watchActor(worker_id, actor);
    watched.set(actor, phases);
    return phases;
  };
  const lists = ids.pipe(
    map((list) => (list.length === 0 ? of([]) : combineLatest(list.map(watchWorker)))),
  );
  return switchWithOverlap(lists);
}

/** Returns the phases at this moment. */
export function currentPhases(workers: Workers, worker_ids: string[] | undefined): WorkerPhase[] {
  const ids = worker_ids ?? workers.liveIds();
  return ids.map((worker_id) => {
    const snapshot = workers.find(worker_id)?.getSnapshot();
    return snapshot ? workerPhase(worker_id, snapshot) : goneWorker(worker_id);
  });
}

/** True when `wait` can return; an open permission request is always a reason to return. */
export function isReady(phases: WorkerPhase[], mode: WaitMode): boolean {
  if (phases.some(({ phase }) => phase === 'asking')) return true;
  if (mode === 'any' && phases.some(({ phase }) => phase === 'done')) return true;
  return phases.every(({ phase }) => phase !== 'working');
}

/** Words a progress notification: "3 of 8 done, 1 needs a permission, $0.42". */
export function progressLine(phases: WorkerPhase[]): string {
  let [working, asking, cost] = [0, 0, 0];
  for (const { phase, cost_usd } of phases) {
    if (phase === 'working') working += 1;
    if (phase === 'asking') asking += 1;
    cost += cost_usd;
  }
  return [
    `${phases.length - working - asking} of ${phases.length} done`,
    ...(asking === 0 ? [] : [`${asking} ${asking === 1 ? 'needs' : 'need'} a permission`]),
    `$${cost.toFixed(2)}`,
  ].join(', ');
}

/**
 * Works like `switchMap`, but subscribes to the new source before it unsubscribes from the old one.
 * A worker in both lists therefore keeps its one subscription when other workers come or go.
 */
function switchWithOverlap<Value>(sources: Observable<Observable<Value>>): Observable<Value> {
  return new Observable((subscriber) => {
    const error = (cause: unknown) => subscriber.error(cause);
    let leaveOld = () => {};
    const next = (source: Observable<Value>) => {
      const inner = source.subscribe({ next: (value) => subscriber.next(value), error });
      leaveOld();
      leaveOld = () => inner.unsubscribe();
      // The first values of the new source may have ended the subscription to the whole.
      if (subscriber.closed) leaveOld();
    };
    const outer = sources.subscribe({ next, error });
    return () => {
      outer.unsubscribe();
      leaveOld();
    };
  });
}

/**
 * Emits the phase of an actor now and on every change; all subscribers share one subscription to it.
 * Written without operators, which cost too much: a `wait` may subscribe to a thousand workers.
 */
function watchActor(worker_id: string, actor: WorkerActor): Observable<WorkerPhase> {
  const subscribers = new Set<Subscriber<WorkerPhase>>();
  let current = goneWorker(worker_id);
  const publish = (next: WorkerPhase) => {
    if (next.phase === current.phase && next.requests === current.requests) return;
    current = next;
    for (const subscriber of subscribers) subscriber.next(current);
  };
  const subscribe = () => {
    // An actor emits nothing before its next event.
    current = workerPhase(worker_id, actor.getSnapshot());
    return actor.subscribe({
      next: (snapshot) => publish(workerPhase(worker_id, snapshot)),
      error: () => publish(goneWorker(worker_id)),
    });
  };
  let subscription: ReturnType<typeof subscribe> | undefined;
  return new Observable((subscriber) => {
    subscription ??= subscribe();
    subscribers.add(subscriber);
    subscriber.next(current);
    return () => {
      subscribers.delete(subscriber);
      if (subscribers.size > 0) return;
      subscription?.unsubscribe();
      subscription = undefined;
    };
  });
}

function goneWorker(worker_id: string): WorkerPhase {
  return { worker_id, phase: 'gone', turn: 0, requests: '', cost_usd: 0 };
}

function workerPhase(worker_id: string, snapshot: WorkerSnapshot): WorkerPhase {
  const { turn, requests, totals } = snapshot.context;
  return {
    worker_id,
    phase: phaseOf(snapshot),
    turn,
    requests: requests.length === 0 ? '' : requests.map(({ request_id }) => request_id).join(),
    cost_usd: totals.cost_usd,
  };
}

function phaseOf(snapshot: WorkerSnapshot): Phase {
  const { saved, delivered } = snapshot.context;
  if (snapshot.status !== 'active') return 'gone';
  if (snapshot.hasTag('settled')) {
    if (delivered) return 'delivered';
    return saved ? 'done' : 'working';
  }
  return snapshot.context.requests.length > 0 ? 'asking' : 'working';
}
