/** The ids of the workers' actors. */
export interface ActorIds {
  /** Returns the id of a worker's actor, the same id until it is given back. */
  take(worker_id: string): string;
  find(worker_id: string): string | undefined;
  /** Returns the worker whose actor has this id. */
  workerOf(actor_id: string): string;
  giveBack(worker_id: string): void;
}

/** Creates ids for actors: numbers from 0; an id that was given back is used first. See LiveWorker. */
export function createActorIds(): ActorIds {
  const ids = new Map<string, string>();
  const workers = new Map<string, string>();
  const free: string[] = [];
  return {
    take(worker_id) {
      const id = ids.get(worker_id) ?? free.pop() ?? String(ids.size);
      ids.set(worker_id, id);
      workers.set(id, worker_id);
      return id;
    },
    find: (worker_id) => ids.get(worker_id),
    workerOf: (actor_id) => workers.get(actor_id) ?? '',
    giveBack(worker_id) {
      const id = ids.get(worker_id);
      if (id === undefined) return;
      ids.delete(worker_id);
      workers.delete(id);
      free.push(id);
    },
  };
}
