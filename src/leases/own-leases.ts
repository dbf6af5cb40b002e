import { ManagerError } from '../errors.ts';
import { workerPaths } from '../files/paths.ts';
import { isAlive, startTimeOf } from '../processes/identity.ts';
import { dropLease, type IsAlive, type Lease, takeLease } from './lease.ts';

/** This server's own leases on workers. */
export interface Ownership {
  /**
   * Takes a worker that is about to be spawned, or whose owner is no more.
   * @throws ManagerError `foreign_worker` when another running server owns it.
   */
  claim(worker_id: string): Promise<void>;
  /** Gives a worker up, so that any other server can take it over. */
  drop(worker_id: string): Promise<void>;
}

export function createOwnership(logsDir: string, now: () => number): Ownership {
  let own: Promise<Lease> | undefined;
  const ours = () => {
    own ??= ownLease(now());
    return own;
  };
  const leaseOf = (worker_id: string) => workerPaths(logsDir, worker_id).lease;
  /** Owners that were found gone: no other process is ever the same, and one may leave a thousand leases. */
  const gone = new Set<string>();
  const isThere: IsAlive = async (owner) => {
    const name = `${owner.pid} ${owner.start_time}`;
    if (gone.has(name)) return false;
    const isOwnerAlive = await isAlive(owner);
    if (!isOwnerAlive) gone.add(name);
    return isOwnerAlive;
  };

  return {
    async claim(worker_id) {
      const owner = await takeLease(leaseOf(worker_id), await ours(), isThere);
      if (!owner) return;
      throw new ManagerError(
        'foreign_worker',
        `Worker ${worker_id} belongs to another running server (process ${owner.pid}); use it there, or end that server first.`,
      );
    },
    async drop(worker_id) {
      await dropLease(leaseOf(worker_id), await ours(), isThere);
    },
  };
}

/** This process as the owner of workers. `now` is in milliseconds since 1970. */
export async function ownLease(now: number): Promise<Lease> {
  const { pid } = process;
  return { pid, start_time: (await startTimeOf(pid)) ?? '', since: now };
}
