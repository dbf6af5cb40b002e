import type { Observable } from 'rxjs';
import type { WorkerInput } from '../../machines/worker.ts';
import type { Launch } from '../claude/launch.ts';
import { setupOf } from '../claude/start.ts';
import type { Config } from '../config/config.ts';
import { messageOf } from '../errors.ts';
import { type Activity, nextActivity, noActivity } from '../journal/activity.ts';
import { createFeed } from '../journal/feed.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { createRequestIndex, type RequestIndex } from '../journal/request-index.ts';
import { isDoneWith, type RestoredWorker, type WorkerData } from '../journal/restored-worker.ts';
import { createActorSystem, type Supervisor } from './actor-system.ts';
import { createJournals } from './journals.ts';
import { type WorkerActor, type WorkerDelays, workerLogic } from './worker-actor.ts';

/** The dependencies of the workers; tests give another clock, launch or delays. */
export interface WorkersDeps {
  config: Config;
  env: NodeJS.ProcessEnv;
  launch: Launch;
  /** Returns milliseconds since 1970. */
  now(): number;
  warn(message: string): void;
  delays?: WorkerDelays;
}

/** The workers of this server: their actors, journals, activities and requests. */
export interface Workers {
  readonly supervisor: Supervisor;
  readonly requestIndex: RequestIndex;
  /** The ids of the live workers, in the order of their arrival: now, and after every change. */
  readonly ids: Observable<string[]>;
  liveIds(): string[];
  find(worker_id: string): WorkerActor | undefined;
  actors(): WorkerActor[];
  /** The last state of each worker that has no actor: settled, delivered, its process gone. */
  readonly parked: ReadonlyMap<string, WorkerData>;
  /** Stops the actor of a worker that is done with: its files are enough to resume it. */
  parkIfDone(worker_id: string): void;
  spawn(input: WorkerInput): WorkerActor;
  /** Starts a worker that continues where its journal ends. */
  restore(restored: RestoredWorker, records: JournalRecord[]): WorkerActor;
  /** Resolves once every decision about a worker so far is in its journal. */
  recorded(worker_id: string): Promise<void>;
  activityOf(worker_id: string): Activity;
  /** Calls back after every record, in order, until the listener throws; returns an unsubscribe function. */
  onRecord(listener: (record: JournalRecord) => void): () => void;
  stop(): void;
}

/** The events after which a settled worker may be done with. */
const lastSteps = new Set(['SAVED', 'SAVE_FAILED', 'DELIVERED', 'EXITED']);

export function createWorkers(deps: WorkersDeps): Workers {
  const { config, now, warn } = deps;
  const activities = new Map<string, Activity>();
  const parked = new Map<string, WorkerData>();
  const requestIndex = createRequestIndex();
  const feed = createFeed<JournalRecord>((error) =>
    warn(`A listener to the records broke and was dropped: ${messageOf(error)}`),
  );
  const journals = createJournals(config, (worker_id, error) => {
    const hint = `Its journal cannot be written: ${messageOf(error)}`;
    warn(`Worker ${worker_id}: ${hint}`);
    actors.find(worker_id)?.send({ type: 'STORAGE_FAILED', hint });
  });
  const activityOf = (worker_id: string) => activities.get(worker_id) ?? noActivity;

  const onRecord = (record: JournalRecord) => {
    journals.append(record);
    activities.set(record.worker, nextActivity(activityOf(record.worker), record));
    requestIndex.add(record);
    // A record is made while its actor still handles the event.
    if (lastSteps.has(record.event.type)) queueMicrotask(() => parkIfDone(record.worker));
    feed.emit(record);
  };
  const parkIfDone = (worker_id: string) => {
    const snapshot = actors.find(worker_id)?.getSnapshot();
    if (!snapshot || !isDoneWith(snapshot)) return;
    const { value, context } = snapshot;
    parked.set(worker_id, { value, context: { ...context } });
    actors.remove(worker_id);
    journals.close(worker_id).catch(() => {});
  };
  const start = (worker_id: string, input: WorkerInput | RestoredWorker) => {
    parked.delete(worker_id);
    return actors.start(worker_id, input);
  };

  const actors = createActorSystem({
    ...{ slots: config.maxWorkers, now, warn, onRecord },
    logic: logicOf(deps, journals.flushed, activityOf),
    recordsOf: (worker_id) => activityOf(worker_id).seq,
  });
  const { supervisor, ids, liveIds } = actors;

  return {
    ...{ supervisor, requestIndex, ids, liveIds, parked, activityOf, parkIfDone },
    find: actors.find,
    actors: () => liveIds().flatMap((worker_id) => actors.find(worker_id) ?? []),
    spawn: (input) => start(input.spec.worker_id, input),
    restore(restored, records) {
      const { worker_id } = restored.context.spec;
      journals.renew(worker_id);
      activities.set(worker_id, restored.activity);
      for (const record of records) requestIndex.add(record);
      return start(worker_id, restored);
    },
    recorded: journals.flushed,
    onRecord: feed.subscribe,
    stop: () => supervisor.stop(),
  };
}

/** Returns the logic of a worker's actor, with all that its process and its history need. */
function logicOf(
  { config, env, launch, warn, delays }: WorkersDeps,
  recorded: (worker_id: string) => Promise<void>,
  activityOf: (worker_id: string) => Activity,
) {
  return workerLogic(
    {
      ...{ ...setupOf(config, env), folders: config, launch, warn, recorded },
      offsetOf: (worker_id) => activityOf(worker_id).offset,
    },
    delays,
  );
}
