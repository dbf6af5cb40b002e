import { combineLatest, distinctUntilChanged, map, Observable, of, type Subscriber } from 'rxjs';
import type { WorkerSnapshot } from '../journal/replay.ts';
import type { WorkerActor } from '../workers/worker-actor.ts';
import type { Fleet } from '../workers/workers.ts';

/** How far a worker is, as far as `wait` cares. */
export interface Phase {
  worker_id: string;
  /** `done`: settled, with its history on disk, and not yet delivered to anybody. */
  stage: 'working' | 'asking' | 'done' | 'delivered' | 'gone';
  /** Ids of the open permission requests, so that a new one is a new phase. */
  requests: string;
  /** Money spent so far, in USD, for the progress line. */
  cost_usd: number;
}

export type WaitMode = 'all' | 'any';

/**
 * The phases of the given workers, or of all there are at any time, now and on every change.
 * A worker's events are reduced to distinct phases before they are combined, so that the cost is
 * that of phase changes and not of messages.
 */
export function phasesOf(fleet: Fleet, worker_ids: string[] | undefined): Observable<Phase[]> {
  const ids = worker_ids ? of(worker_ids) : fleet.workerIds.pipe(distinctUntilChanged());
  const known = new WeakMap<WorkerActor, Observable<Phase>>();
  const phaseOf = (worker_id: string): Observable<Phase> => {
    const actor = fleet.worker(worker_id);
    if (!actor) return of(goneWorker(worker_id));
    const phase = known.get(actor) ?? phaseOfActor(worker_id, actor);
    known.set(actor, phase);
    return phase;
  };
  const lists = ids.pipe(
    map((list) => (list.length === 0 ? of([]) : combineLatest(list.map(phaseOf)))),
  );
  return switchOver(lists);
}

/** The phases as they are at this moment. */
export function currentPhases(fleet: Fleet, worker_ids: string[] | undefined): Phase[] {
  const ids = worker_ids ?? fleet.liveIds();
  return ids.map((worker_id) => {
    const snapshot = fleet.worker(worker_id)?.getSnapshot();
    return snapshot ? phaseIn(worker_id, snapshot) : goneWorker(worker_id);
  });
}

/** Whether a `wait` has its answer: a question always is one. */
export function isReady(phases: Phase[], mode: WaitMode): boolean {
  if (phases.some(({ stage }) => stage === 'asking')) return true;
  if (mode === 'any' && phases.some(({ stage }) => stage === 'done')) return true;
  return phases.every(({ stage }) => stage !== 'working');
}

/** One line for a progress notification: "3 of 8 done, 1 needs a permission, $0.42". */
export function progressLine(phases: Phase[]): string {
  let [working, asking, cost] = [0, 0, 0];
  for (const { stage, cost_usd } of phases) {
    if (stage === 'working') working += 1;
    if (stage === 'asking') asking += 1;
    cost += cost_usd;
  }
  return [
    `${phases.length - working - asking} of ${phases.length} done`,
    ...(asking === 0 ? [] : [`${asking} ${asking === 1 ? 'needs' : 'need'} a permission`]),
    `$${cost.toFixed(2)}`,
  ].join(', ');
}

/**
 * As switchMap, but listens to the new before it leaves the old: what is in both is never left, so
 * who comes or goes is no news of the others.
 */
function switchOver<Value>(sources: Observable<Observable<Value>>): Observable<Value> {
  return new Observable((subscriber) => {
    const error = (cause: unknown) => subscriber.error(cause);
    let leaveOld = () => {};
    const next = (source: Observable<Value>) => {
      const inner = source.subscribe({ next: (value) => subscriber.next(value), error });
      leaveOld();
      leaveOld = () => inner.unsubscribe();
    };
    const outer = sources.subscribe({ next, error });
    return () => {
      outer.unsubscribe();
      leaveOld();
    };
  });
}

/**
 * The phase of an actor now and on every change, with one subscription to it for all who listen.
 * By hand and not of operators, as a `wait` takes and leaves one for each of a thousand workers.
 */
function phaseOfActor(worker_id: string, actor: WorkerActor): Observable<Phase> {
  const listeners = new Set<Subscriber<Phase>>();
  let phase = goneWorker(worker_id);
  const tell = (next: Phase) => {
    if (next.stage === phase.stage && next.requests === phase.requests) return;
    phase = next;
    for (const listener of listeners) listener.next(phase);
  };
  const listen = () => {
    // An actor tells nothing until its next event.
    phase = phaseIn(worker_id, actor.getSnapshot());
    return actor.subscribe({
      next: (snapshot) => tell(phaseIn(worker_id, snapshot)),
      error: () => tell(goneWorker(worker_id)),
    });
  };
  let subscription: ReturnType<typeof listen> | undefined;
  return new Observable((subscriber) => {
    subscription ??= listen();
    listeners.add(subscriber);
    subscriber.next(phase);
    return () => {
      listeners.delete(subscriber);
      if (listeners.size > 0) return;
      subscription?.unsubscribe();
      subscription = undefined;
    };
  });
}

function goneWorker(worker_id: string): Phase {
  return { worker_id, stage: 'gone', requests: '', cost_usd: 0 };
}

function phaseIn(worker_id: string, snapshot: WorkerSnapshot): Phase {
  const { requests, totals } = snapshot.context;
  return {
    worker_id,
    stage: stageIn(snapshot),
    requests: requests.length === 0 ? '' : requests.map(({ request_id }) => request_id).join(),
    cost_usd: totals.cost_usd,
  };
}

function stageIn(snapshot: WorkerSnapshot): Phase['stage'] {
  const { saved, delivered } = snapshot.context;
  if (snapshot.status !== 'active') return 'gone';
  if (snapshot.hasTag('settled')) {
    if (delivered) return 'delivered';
    return saved ? 'done' : 'working';
  }
  return snapshot.value === 'awaiting_permission' ? 'asking' : 'working';
}
