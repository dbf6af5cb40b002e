import { ManagerError, messageOf, serverEnds, tooDeep } from '../errors.ts';
import { ownLease } from '../leases/own-leases.ts';
import { sweepStandby } from '../standby/sweep.ts';
import type { Adoption } from './adoption.ts';
import type { WorkerActor } from './worker-actor.ts';
import type { Fleet, FleetDeps } from './workers.ts';

/** The actors of the workers that calls name, whichever server bore them. */
export interface Registry {
  /** Resolves once what an earlier server left was taken over, which the first call begins. */
  ready(): Promise<void>;
  /**
   * The actor of a worker, taken over if need be.
   * @throws ManagerError `unknown_worker`, `foreign_worker`, or that this server is ending.
   */
  known(worker_id: string): Promise<WorkerActor>;
  /**
   * Resolves once everything decided about a worker so far is in its journal.
   * @throws ManagerError `storage` when that cannot be written.
   */
  recorded(worker_id: string): Promise<void>;
}

export interface DirectoryDeps extends Pick<FleetDeps, 'config' | 'now' | 'warn'> {
  fleet: Fleet;
  adoption: Adoption;
  isEnding(): boolean;
}

export function createRegistry(deps: DirectoryDeps): Registry {
  const { config, fleet, adoption, now, warn } = deps;
  restartBroken(deps);
  let adopted: Promise<void> | undefined;
  const takeOver = async () => {
    await adoption.adoptAll();
    // Nobody waits for this: what is swept is of no use to anybody.
    ownLease(now())
      .then((own) => sweepStandby(config.logsDir, own))
      .catch((error: unknown) => warn(messageOf(error)));
  };
  /** Only a server that is really used takes over what an earlier one left, and none inside a worker. */
  const ready = () => {
    adopted ??= config.depth > 0 ? Promise.resolve() : takeOver();
    return adopted.catch((error: unknown) => {
      adopted = undefined;
      throw error;
    });
  };

  return {
    ready,
    async known(worker_id) {
      if (config.depth > 0) throw tooDeep();
      await ready();
      if (!fleet.worker(worker_id)) await adoption.adopt(worker_id);
      // An actor of a fleet that has stopped would take the event, and nothing would come of it.
      if (deps.isEnding()) throw serverEnds();
      const actor = fleet.worker(worker_id);
      if (!actor) throw new ManagerError('unknown_worker', `Worker ${worker_id} has broken down.`);
      return actor;
    },
    recorded: (worker_id) =>
      fleet.recorded(worker_id).catch((cause: unknown) => {
        const message = `The journal of worker ${worker_id} cannot be written, so the worker was ended: ${messageOf(cause)}.`;
        throw new ManagerError('storage', message, { cause });
      }),
  };
}

/** Takes a worker over from its journal when the supervisor says that its actor is to be restarted. */
function restartBroken({ fleet, adoption, warn }: DirectoryDeps): void {
  fleet.supervisor.on('RESTART', ({ worker_id }) => {
    warn(`The actor of worker ${worker_id} broke; it goes on from its journal.`);
    adoption.adopt(worker_id).catch((error: unknown) => warn(messageOf(error)));
  });
}
