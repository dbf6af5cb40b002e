import { BehaviorSubject, type Observable } from 'rxjs';
import type { Workers } from '../workers/workers.ts';

/** The workers that results of `wait` report, from their claim to the record of their delivery. */
export interface Deliveries {
  /** Ids of the claimed workers: now, and after every change. */
  readonly claims: Observable<ReadonlySet<string>>;
  isClaimed(worker_id: string): boolean;
  /** Claims workers, so that no second `wait` reports them. */
  claim(worker_ids: string[]): Claim;
  /** Resolves once all deliveries so far, and the state of these workers, are in their journals. */
  recorded(worker_ids: string[]): Promise<void>;
}

/** What became of a result; exactly one of the two is called. */
export interface Claim {
  /** Call when the transport has written the result. */
  delivered(): void;
  /** Call when the result cannot be written. */
  dropped(): void;
}

export function createDeliveries(workers: Workers): Deliveries {
  const claims = new BehaviorSubject<ReadonlySet<string>>(new Set());
  let earlier = Promise.resolve();

  const recordsOf = async (worker_ids: string[]) => {
    await Promise.all(worker_ids.map((worker_id) => workers.recorded(worker_id).catch(() => {})));
  };
  const unclaim = (worker_ids: string[]) => {
    const rest = new Set(claims.value);
    for (const worker_id of worker_ids) rest.delete(worker_id);
    claims.next(rest);
  };

  return {
    claims,
    isClaimed: (worker_id) => claims.value.has(worker_id),
    claim(worker_ids) {
      claims.next(new Set([...claims.value, ...worker_ids]));
      return {
        delivered() {
          for (const worker_id of worker_ids) workers.find(worker_id)?.send({ type: 'DELIVERED' });
          const before = earlier;
          earlier = recordsOf(worker_ids).then(() => before);
          unclaim(worker_ids);
        },
        dropped: () => unclaim(worker_ids),
      };
    },
    async recorded(worker_ids) {
      await Promise.all([earlier, recordsOf(worker_ids)]);
    },
  };
}
