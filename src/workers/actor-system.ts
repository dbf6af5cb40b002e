import { from, map, type Observable, startWith } from 'rxjs';
import { type ActorRefFrom, createActor } from 'xstate';
import { type LiveWorker, supervisorMachine } from '../../machines/supervisor.ts';
import type { WorkerInput, workerMachine } from '../../machines/worker.ts';
import { brokenWorker, serverEnds } from '../errors.ts';
import { createRecorder, type RecorderDeps } from '../journal/recorder.ts';
import type { RestoredWorker } from '../journal/restored-worker.ts';
import { createActorIds } from './actor-ids.ts';
import type { WorkerActor } from './worker-actor.ts';

export type Supervisor = ActorRefFrom<typeof supervisorMachine>;

/** The supervisor and the actors of the live workers. */
export interface ActorSystem {
  readonly supervisor: Supervisor;
  /** The ids of the live workers, in the order of their arrival: now, and after every change. */
  readonly ids: Observable<string[]>;
  liveIds(): string[];
  find(worker_id: string): WorkerActor | undefined;
  /**
   * Starts the actor of a new worker, or of a worker that continues from its journal.
   * @throws ManagerError when this server is ending, or the actor breaks at once.
   */
  start(worker_id: string, input: WorkerInput | RestoredWorker): WorkerActor;
  /** Stops the actor of a settled worker. */
  remove(worker_id: string): void;
}

export interface ActorSystemDeps extends Omit<RecorderDeps, 'workerOf'> {
  /** How many workers run at once. */
  slots: number;
  logic: typeof workerMachine;
}

export function createActorSystem({ slots, logic, ...deps }: ActorSystemDeps): ActorSystem {
  const actorIds = createActorIds();
  const supervisor = createActor(supervisorMachine.provide({ actors: { worker: logic } }), {
    id: 'supervisor',
    systemId: 'supervisor',
    input: { slots },
    inspect: createRecorder({ ...deps, workerOf: actorIds.workerOf }),
  }).start();
  const liveIds = createLiveIds(() => supervisor.getSnapshot().context.workers);

  const find = (worker_id: string) => {
    const actor_id = actorIds.find(worker_id);
    if (actor_id === undefined) return undefined;
    // The supervisor spawns its children from the logic above, and from no other logic.
    return supervisor.getSnapshot().children[actor_id] as WorkerActor | undefined;
  };

  return {
    supervisor,
    ids: from(supervisor).pipe(startWith(supervisor.getSnapshot()), map(liveIds)),
    liveIds,
    find,
    start(worker_id, input) {
      const isOpen = () =>
        supervisor.getSnapshot().status === 'active' && supervisor.getSnapshot().matches('open');
      if (!isOpen()) throw serverEnds();
      const actor_id = actorIds.take(worker_id);
      supervisor.send({ type: 'SPAWN', worker_id, actor_id, input });
      const actor = find(worker_id);
      if (!actor) throw brokenWorker(worker_id);
      return actor;
    },
    remove(worker_id) {
      supervisor.send({ type: 'REMOVE', worker_id });
      if (!find(worker_id)) actorIds.giveBack(worker_id);
    },
  };
}

/** Returns a function that gives the ids of a list, as the same array while the list is the same. */
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
