import { batch, computed, type Signal, signal } from '@preact/signals';
import type {
  ChartsResponse,
  LaneMark,
  PageMode,
  PageSnapshot,
  Step,
  SupervisorView,
  WorkerView,
} from '../../src/projection/contract.ts';
import { mergeStep } from '../model/steps.ts';
import type { Connection, Listener } from '../source/source.ts';
import { syncClock } from './clock.ts';

/** Everything that the page knows, as signals. Each worker has its own: a step redraws one row. */
export const connection = signal<Connection>({ kind: 'loading' });
export const mode = signal<PageMode>('readonly');
export const title = signal('');
export const supervisor = signal<SupervisorView | null>(null);
export const charts = signal<ChartsResponse | null>(null);
/** Counts snapshots. Steps that were fetched before the last snapshot may have gaps. */
export const epoch = signal(0);
/** Counts new workers and changes of state. */
export const stateChanges = signal(0);

const views = new Map<string, Signal<WorkerView>>();
const lanes = new Map<string, LaneMark[]>();
const stepListeners = new Set<(steps: Step[]) => void>();

/** Every worker, the oldest first. */
export const workerIds = computed(() => {
  stateChanges.value;
  return [...views.keys()];
});

/** Reads a worker as a signal: its reader runs again after a change. */
export function workerOf(id: string): WorkerView | undefined {
  const view = views.get(id);
  if (!view) stateChanges.value;
  return view?.value;
}

export function laneOf(id: string): LaneMark[] {
  return lanes.get(id) ?? [];
}

/** Calls back with the steps of each frame; returns an unsubscribe function. */
export function onSteps(listener: (steps: Step[]) => void): () => void {
  stepListeners.add(listener);
  return () => stepListeners.delete(listener);
}

/** Creates the listener that puts a source's data on the page, at most once a frame. */
export function createListener(resync: () => void): Listener {
  let waiting: Step[] = [];
  let isScheduled = false;
  const show = () => {
    isScheduled = false;
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
      if (!isScheduled) requestAnimationFrame(show);
      isScheduled = true;
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
}

function put(worker: WorkerView): void {
  const view = views.get(worker.worker_id);
  if (view) view.value = worker;
  else views.set(worker.worker_id, signal(worker));
}

/** @returns false when a step is missing before one of these. */
function applySteps(steps: Step[]): boolean {
  return batch(() => {
    const shown: Step[] = [];
    for (const step of steps) {
      const merged = mergeStep(views.get(step.record.worker)?.peek(), step);
      if (merged === 'known') continue;
      if (merged === 'gap') return false;
      put(merged);
      shown.push(step);
    }
    const moves = shown.filter(({ record }) => record.from !== record.to);
    for (const { record } of moves) mark(record.worker, [record.t, record.to]);
    for (const listener of stepListeners) listener(shown);
    if (moves.length > 0) stateChanges.value += 1;
    return true;
  });
}

function mark(id: string, state: LaneMark): void {
  const lane = lanes.get(id);
  if (lane) lane.push(state);
  else lanes.set(id, [state]);
}
