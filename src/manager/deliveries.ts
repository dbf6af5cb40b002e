import { BehaviorSubject, type Observable } from 'rxjs';
import type { Workers } from '../workers/workers.ts';

/** A turn of a worker, whose end a result of `wait` reports. */
export interface WorkerTurn {
  worker_id: string;
  turn: number;
}

/** The turns that results of `wait` report, from their claim to the record of their delivery. */
export interface Deliveries {
  /** Emits now, and after every change of the claims. */
  readonly claims: Observable<unknown>;
  isClaimed(turn: WorkerTurn): boolean;
  /** Claims turns, so that no second `wait` reports them. */
  claim(turns: WorkerTurn[]): Claim;
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

const keyOf = ({ worker_id, turn }: WorkerTurn): string => `${worker_id} ${turn}`;

export function createDeliveries(workers: Workers): Deliveries {
  const claims = new BehaviorSubject<ReadonlySet<string>>(new Set());
  let earlier = Promise.resolve();

  const recordsOf = async (worker_ids: string[]) => {
    await Promise.all(worker_ids.map((worker_id) => workers.recorded(worker_id).catch(() => {})));
  };
  const unclaim = (turns: WorkerTurn[]) => {
    const rest = new Set(claims.value);
    for (const turn of turns) rest.delete(keyOf(turn));
    claims.next(rest);
  };

  return {
    claims,
    isClaimed: (turn) => claims.value.has(keyOf(turn)),
    claim(turns) {
      claims.next(new Set([...claims.value, ...turns.map(keyOf)]));
      return {
        delivered() {
          // The worker may be in its next turn by now, and that turn is not delivered.
          for (const { worker_id, turn } of turns) {
            workers.find(worker_id)?.send({ type: 'DELIVERED', turn });
          }
          const before = earlier;
          earlier = recordsOf(turns.map(({ worker_id }) => worker_id)).then(() => before);
          unclaim(turns);
        },
        dropped: () => unclaim(turns),
      };
    },
    async recorded(worker_ids) {
      await Promise.all([earlier, recordsOf(worker_ids)]);
    },
  };
}
