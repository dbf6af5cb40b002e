import { batch, computed, type Signal, signal } from '@preact/signals';
import type {
  ChartsAnswer,
  LaneMark,
  PageMode,
  PageSnapshot,
  Step,
  SupervisorView,
  WorkerView,
} from '../../src/projection/contract.ts';
import type { Connection, Listener } from '../source/source.ts';
import { syncClock } from './clock.ts';

/** What the page knows, as signals. Each worker has its own, so that a step redraws one row. */
export const connection = signal<Connection>({ kind: 'loading' });
export const mode = signal<PageMode>('readonly');
export const title = signal('');
export const supervisor = signal<SupervisorView | null>(null);
export const charts = signal<ChartsAnswer | null>(null);
/** Counts snapshots: what was fetched before the last one may have gaps. */
export const epoch = signal(0);
/** Goes up whenever a worker comes, or one changes its state. */
export const stateChanges = signal(0);
/** Goes up with every frame of steps. */
export const frames = signal(0);

const views = new Map<string, Signal<WorkerView>>();
const lanes = new Map<string, LaneMark[]>();
const stepListeners = new Set<(steps: Step[]) => void>();

/** Every worker there is, oldest first. */
export const workerIds = computed(() => {
  stateChanges.value;
  return [...views.keys()];
});

/** Reads as a signal does: whoever calls it is told of changes. */
export function workerOf(id: string): WorkerView | undefined {
  const view = views.get(id);
  if (!view) stateChanges.value;
  return view?.value;
}

export function laneOf(id: string): LaneMark[] {
  return lanes.get(id) ?? [];
}

/** Follows the steps as they are shown. */
export function onSteps(listener: (steps: Step[]) => void): () => void {
  stepListeners.add(listener);
  return () => stepListeners.delete(listener);
}

/** A listener for a source that puts what it is told on the page, at most once a frame. */
export function createListener(resync: () => void): Listener {
  let waiting: Step[] = [];
  let isAsked = false;
  const show = () => {
    isAsked = false;
    const steps = waiting;
    waiting = [];
    if (!applySteps(steps)) resync();
  };
  return {
    snapshot(snapshot) {
      waiting = [];
      batch(() => applySnapshot(snapshot));
    },
    steps(steps) {
      for (const step of steps) waiting.push(step);
      if (!isAsked) requestAnimationFrame(show);
      isAsked = true;
    },
    supervisor(next) {
      supervisor.value = next;
    },
    connection(next) {
      connection.value = next;
    },
  };
}

function applySnapshot(snapshot: PageSnapshot): void {
  syncClock(snapshot.now, snapshot.mode === 'recorded');
  mode.value = snapshot.mode;
  title.value = snapshot.title;
  supervisor.value = snapshot.supervisor;
  const ids = new Set(snapshot.workers.map(({ worker_id }) => worker_id));
  for (const id of views.keys()) if (!ids.has(id)) views.delete(id);
  lanes.clear();
  for (const worker of snapshot.workers.toSorted((a, b) => a.created_at - b.created_at)) {
    put(worker);
    lanes.set(worker.worker_id, [...(snapshot.lanes[worker.worker_id] ?? [])]);
  }
  epoch.value += 1;
  stateChanges.value += 1;
  frames.value += 1;
}

function put(worker: WorkerView): void {
  const view = views.get(worker.worker_id);
  if (view) view.value = worker;
  else views.set(worker.worker_id, signal(worker));
}

/** @returns false when a step is missing between what is known and what came. */
function applySteps(steps: Step[]): boolean {
  return batch(() => {
    const shown: Step[] = [];
    let hasMoved = false;
    for (const step of steps) {
      const { record, patch } = step;
      const known = views.get(record.worker)?.peek();
      if (record.seq <= (known?.seq ?? 0)) continue;
      if (record.seq !== (known?.seq ?? 0) + 1) return false;
      // The first step of a worker carries the whole view; later ones are merged into it.
      put({ ...known, ...patch } as WorkerView);
      shown.push(step);
      if (record.from === record.to) continue;
      hasMoved = true;
      const lane = lanes.get(record.worker) ?? [];
      lanes.set(record.worker, lane);
      lane.push([record.t, record.to]);
    }
    for (const listener of stepListeners) listener(shown);
    if (hasMoved) stateChanges.value += 1;
    frames.value += 1;
    return true;
  });
}
