import { ManagerError, messageOf } from '../errors.ts';
import { type Folders, workerPaths } from '../files/paths.ts';
import { nameOf } from '../processes/given-up.ts';
import { startTimeOf } from '../processes/identity.ts';
import { livenessOf } from '../processes/liveness.ts';
import { ownPlace } from '../processes/place.ts';
import { dropLease, type Judge, type Lease, takeLease } from './lease.ts';
import { unseenWorker } from './unseen-worker.ts';

/** The leases of this server. */
export interface OwnLeases {
  /**
   * Takes the lease of a new worker, or of a worker whose server is dead.
   * @throws ManagerError `foreign_worker` when another server owns it, which runs or cannot be seen, and
   *   `storage` when the lease cannot be written.
   */
  claim(worker_id: string): Promise<void>;
  /** Gives the lease up, so that any other server can adopt the worker. */
  drop(worker_id: string): Promise<void>;
}

export function createOwnLeases(folders: Folders, now: () => number): OwnLeases {
  let lease: Promise<Lease> | undefined;
  const own = () => {
    lease ??= ownLease(now());
    return lease;
  };
  const pathOf = (worker_id: string) => workerPaths(folders, worker_id).lease;
  const judge = rememberDead(livenessOf);
  /** Asks about an owner that cannot be seen whether a person has given it up for this worker. */
  const judgeFor =
    (worker_id: string): Judge =>
    async (owner) => {
      const liveness = await judge(owner);
      if (liveness !== 'unknown') return liveness;
      return livenessOf(owner, { givenUp: workerPaths(folders, worker_id).givenUp });
    };

  return {
    async claim(worker_id) {
      const taking = takeLease(pathOf(worker_id), await own(), judgeFor(worker_id));
      const owner = await taking.catch((cause: unknown) => {
        throw notWritten(worker_id, cause);
      });
      if (!owner) return;
      if ((await judge(owner)) === 'unknown') {
        throw await unseenWorker({ worker_id, folders, what: 'server', unseen: owner });
      }
      throw new ManagerError(
        'foreign_worker',
        `Worker ${worker_id} belongs to another running server (process ${owner.pid}); use it there, or end that server first.`,
      );
    },
    async drop(worker_id) {
      await dropLease(pathOf(worker_id), await own(), judgeFor(worker_id));
    },
  };
}

const notWritten = (worker_id: string, cause: unknown): ManagerError =>
  new ManagerError(
    'storage',
    `Worker ${worker_id} cannot be used, because its files in the state folder cannot be written: ${messageOf(cause)}. Make room or correct the folder, or name another one in AWM_STATE_DIR.`,
    { cause },
  );

/** Asks once about each dead owner: a dead process stays dead, and may have left a thousand leases. */
function rememberDead(judge: Judge): Judge {
  const dead = new Set<string>();
  return async (owner) => {
    const name = nameOf(owner);
    if (dead.has(name)) return 'gone';
    const liveness = await judge(owner);
    if (liveness === 'gone') dead.add(name);
    return liveness;
  };
}

/** Returns the lease of this process. `now` is in milliseconds since 1970. */
export async function ownLease(now: number): Promise<Lease> {
  const { pid } = process;
  const [start_time = '', place] = await Promise.all([startTimeOf(pid), ownPlace()]);
  return { pid, start_time, ...place, since: now };
}
