import { ManagerError } from '../errors.ts';
import { workerPaths } from '../files/paths.ts';
import { isAlive, startTimeOf } from '../processes/identity.ts';
import { dropLease, type IsAlive, type Lease, takeLease } from './lease.ts';

/** The leases of this server. */
export interface OwnLeases {
  /**
   * Takes the lease of a new worker, or of a worker whose server is dead.
   * @throws ManagerError `foreign_worker` when another running server owns it.
   */
  claim(worker_id: string): Promise<void>;
  /** Gives the lease up, so that any other server can adopt the worker. */
  drop(worker_id: string): Promise<void>;
}

export function createOwnLeases(logsDir: string, now: () => number): OwnLeases {
  let lease: Promise<Lease> | undefined;
  const own = () => {
    lease ??= ownLease(now());
    return lease;
  };
  const pathOf = (worker_id: string) => workerPaths(logsDir, worker_id).lease;
  const isOwnerAlive = rememberDead(isAlive);

  return {
    async claim(worker_id) {
      const owner = await takeLease(pathOf(worker_id), await own(), isOwnerAlive);
      if (!owner) return;
      throw new ManagerError(
        'foreign_worker',
        `Worker ${worker_id} belongs to another running server (process ${owner.pid}); use it there, or end that server first.`,
      );
    },
    async drop(worker_id) {
      await dropLease(pathOf(worker_id), await own(), isOwnerAlive);
    },
  };
}

/** Asks once about each dead owner: a dead process stays dead, and may have left a thousand leases. */
function rememberDead(isAlive: IsAlive): IsAlive {
  const dead = new Set<string>();
  return async (owner) => {
    const name = `${owner.pid} ${owner.start_time}`;
    if (dead.has(name)) return false;
    const isOwnerAlive = await isAlive(owner);
    if (!isOwnerAlive) dead.add(name);
    return isOwnerAlive;
  };
}

/** Returns the lease of this process. `now` is in milliseconds since 1970. */
export async function ownLease(now: number): Promise<Lease> {
  const { pid } = process;
  return { pid, start_time: (await startTimeOf(pid)) ?? '', since: now };
}
