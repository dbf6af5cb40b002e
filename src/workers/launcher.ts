import { setupOf } from '../claude/start.ts';
import { limitStarts } from '../claude/start-limit.ts';
import { isMemoryShort } from '../config/resources.ts';
import { ownLease } from '../leases/own-leases.ts';
import { createStandbyPool, type StandbyPool } from '../standby/pool.ts';
import type { Workers, WorkersDeps } from './workers.ts';

export interface LauncherDeps extends WorkersDeps {
  /** Returns a new UUID. */
  newId(): string;
}

/**
 * Creates the launcher of a server's processes. As many start at once as there are cores; standby
 * processes are started ahead while slots and memory are free.
 */
export function createLauncher(deps: LauncherDeps, workers: () => Workers): StandbyPool {
  const { config, launch, now, newId, warn } = deps;
  const { machine } = config;
  const maxStandby = config.depth > 0 ? 0 : config.standby;
  const starts = limitStarts(launch, Math.max(1, Math.ceil(machine.cores)));
  const freeSlots = () => {
    const { slots, busy, queue } = workers().supervisor.getSnapshot().context;
    return slots - busy.length - queue.length;
  };
  return createStandbyPool({
    ...{ folders: config, launch, now, newId, warn },
    setUp: setupOf(config, deps.env),
    lease: () => ownLease(now()),
    start: starts.launch,
    room: () => (isMemoryShort(machine) ? 0 : Math.min(maxStandby, freeSlots())),
    isBusy: () => !starts.isIdle,
  });
}
