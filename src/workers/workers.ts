import { from, map, type Observable, startWith } from 'rxjs';
import { type ActorRefFrom, createActor } from 'xstate';
import { type LiveWorker, supervisorMachine } from '../../machines/supervisor.ts';
import type { WorkerInput } from '../../machines/worker.ts';
import type { Launch } from '../claude/launch.ts';
import type { Config } from '../config/config.ts';
import { messageOf, serverEnds } from '../errors.ts';
import { workerPaths } from '../files/paths.ts';
import { type Activity, nextActivity, noActivity } from '../journal/activity.ts';
import { createFeed } from '../journal/feed.ts';
import { type Journal, type JournalRecord, openJournal } from '../journal/journal.ts';
import { createRecorder } from '../journal/recorder.ts';
import { createRequestLedger, type RequestLedger } from '../journal/request-index.ts';
import { isDoneWith, type RestoredWorker, type WorkerData } from '../journal/restored-worker.ts';
import { createActorIds } from './actor-ids.ts';
import { type WorkerActor, type WorkerDelays, workerLogic } from './worker-actor.ts';

/** What a fleet needs from outside; tests hand in another clock, launcher or machine delays. */
export interface FleetDeps {
  config: Config;
  env: NodeJS.ProcessEnv;
  launch: Launch;
  /** Milliseconds since 1970. */
  now(): number;
  warn(message: string): void;
  delays?: WorkerDelays;
}

/** The actors and what hangs on them: every worker's journal, activity and requests. */
export interface Fleet {
  readonly supervisor: ActorRefFrom<typeof supervisorMachine>;
  readonly ledger: RequestLedger;
  /** The ids of the live workers, in the order of their arrival: now, and after every change. */
  readonly workerIds: Observable<string[]>;
  liveIds(): string[];
  worker(worker_id: string): WorkerActor | undefined;
  liveWorkers(): WorkerActor[];
  /** What workers were at last that are done with: settled, delivered, their process gone. */
  readonly parked: ReadonlyMap<string, WorkerData>;
  spawn(input: WorkerInput): WorkerActor;
  /** Goes on with a worker where its journal ends. */
  restore(restored: RestoredWorker, records: JournalRecord[]): WorkerActor;
  /** Resolves once everything decided about a worker so far is in its journal. */
  recorded(worker_id: string): Promise<void>;
  activityOf(worker_id: string): Activity;
  /** Calls back after every record, in order, until it throws; returns what ends that. */
  onRecord(listener: (record: JournalRecord) => void): () => void;
  stop(): void;
}

/** The events of which the last one leaves a settled worker with nothing more to do. */
const lastSteps = new Set(['SAVED', 'SAVE_FAILED', 'DELIVERED', 'EXITED']);

export function createFleet(deps: FleetDeps): Fleet {
  const { logsDir, maxWorkers } = deps.config;
  const journals = new Map<string, Journal>();
  const activities = new Map<string, Activity>();
  const parked = new Map<string, WorkerData>();
  const feed = createFeed<JournalRecord>((error) =>
    deps.warn(`A listener to the records broke and was dropped: ${messageOf(error)}`),
  );
  const ledger = createRequestLedger();

  const journalOf = (worker_id: string): Journal => {
    const known = journals.get(worker_id);
    if (known) return known;
    const journal = openJournal(workerPaths(logsDir, worker_id).journal, (error) => {
      const hint = `Its journal cannot be written: ${messageOf(error)}`;
      deps.warn(`Worker ${worker_id}: ${hint}`);
      worker(worker_id)?.send({ type: 'STORAGE_FAILED', hint });
    });
    journals.set(worker_id, journal);
    return journal;
  };
  const activityOf = (worker_id: string) => activities.get(worker_id) ?? noActivity;
  const recorded = (worker_id: string) => journalOf(worker_id).flushed();

  const keep = (record: JournalRecord) => {
    journalOf(record.worker).append(record);
    activities.set(record.worker, nextActivity(activityOf(record.worker), record));
    ledger.note(record);
    if (lastSteps.has(record.event.type)) queueMicrotask(() => park(record.worker));
    feed.emit(record);
  };
  /** A worker that is done with needs no actor; its files are enough to resume it. */
  const park = (worker_id: string) => {
    const snapshot = worker(worker_id)?.getSnapshot();
    if (!snapshot || !isDoneWith(snapshot)) return;
    const { value, context } = snapshot;
    parked.set(worker_id, { value, context: { ...context } });
    supervisor.send({ type: 'REMOVE', worker_id });
    if (!worker(worker_id)) actorIds.giveBack(worker_id);
    closeJournal(worker_id).catch(() => {});
  };
  /** One that is broken stays, to go on saying so. */
  const closeJournal = async (worker_id: string) => {
    const journal = journals.get(worker_id);
    await journal?.flushed();
    if (parked.has(worker_id) && journals.get(worker_id) === journal) journals.delete(worker_id);
  };
  const actorIds = createActorIds();
  const inspect = createRecorder({
    now: deps.now,
    workerOf: actorIds.workerOf,
    recordsOf: (worker_id) => activityOf(worker_id).seq,
    onRecord: keep,
    warn: deps.warn,
  });
  const { claude: command, keepAliveSeconds, depth } = deps.config;
  const { env, launch, warn } = deps;
  const logic = workerLogic(
    {
      ...{ command, env, logsDir, keepAliveSeconds, depth, launch, warn, recorded },
      offsetOf: (worker_id) => activityOf(worker_id).offset,
    },
    deps.delays,
  );
  const supervisor = createActor(supervisorMachine.provide({ actors: { worker: logic } }), {
    id: 'supervisor',
    systemId: 'supervisor',
    input: { slots: maxWorkers },
    inspect,
  }).start();

  const worker = (worker_id: string) => {
    const actor_id = actorIds.find(worker_id);
    if (actor_id === undefined) return undefined;
    // The supervisor's children are spawned from the logic above and from nothing else.
    return supervisor.getSnapshot().children[actor_id] as WorkerActor | undefined;
  };
  const bear = (worker_id: string, birth: unknown): WorkerActor => {
    parked.delete(worker_id);
    if (supervisor.getSnapshot().status !== 'active') throw serverEnds();
    const actor_id = actorIds.take(worker_id);
    supervisor.send({ type: 'SPAWN', worker_id, actor_id, birth });
    const actor = worker(worker_id);
    if (!actor) throw serverEnds();
    return actor;
  };
  const liveIds = createLiveIds(() => supervisor.getSnapshot().context.workers);

  return {
    supervisor,
    ledger,
    workerIds: from(supervisor).pipe(startWith(supervisor.getSnapshot()), map(liveIds)),
    liveIds,
    worker,
    liveWorkers: () => liveIds().flatMap((worker_id) => worker(worker_id) ?? []),
    parked,
    spawn: (input) => bear(input.spec.worker_id, input),
    restore(restored, records) {
      const { worker_id } = restored.context.spec;
      activities.set(worker_id, restored.activity);
      for (const record of records) ledger.note(record);
      return bear(worker_id, restored);
    },
    recorded,
    activityOf,
    onRecord: feed.subscribe,
    stop: () => supervisor.stop(),
  };
}

/** The ids in a list, as the same list of ids for as long as the list is the same. */
function createLiveIds(workersNow: () => LiveWorker[]): () => string[] {
  let workers: LiveWorker[] = [];
  let ids: string[] = [];
  return () => {
    const now = workersNow();
    if (now !== workers) ids = now.map(({ worker_id }) => worker_id);
    workers = now;
    return ids;
  };
}
