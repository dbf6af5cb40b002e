import { stagger } from '../claude/start-limit.ts';
import { isMemoryShort } from '../config/resources.ts';
import { ownLease } from '../leases/own-leases.ts';
import { createStandby, type Standby } from '../standby/pool.ts';
import type { Fleet, FleetDeps } from './workers.ts';

export interface LauncherDeps extends FleetDeps {
  /** A new UUID. */
  newId(): string;
}

/**
 * How the processes of a server come to be: as many start at once as there are cores, and some are
 * started ahead while there are slots and memory for them.
 */
export function createLauncher(deps: LauncherDeps, fleet: () => Fleet): Standby {
  const { config, launch, now, newId } = deps;
  const { claude: command, keepAliveSeconds, depth, logsDir, machine } = config;
  const most = depth > 0 ? 0 : config.standby;
  const starts = stagger(launch, Math.max(1, Math.ceil(machine.cores)));
  const freeSlots = () => {
    const { slots, busy, queue } = fleet().supervisor.getSnapshot().context;
    return slots - busy.length - queue.length;
  };
  return createStandby({
    ...{ logsDir, launch, now, newId, setUp: { command, keepAliveSeconds, depth, env: deps.env } },
    lease: () => ownLease(now()),
    start: starts.launch,
    room: () => (isMemoryShort(machine) ? 0 : Math.min(most, freeSlots())),
    isBusy: () => !starts.isIdle,
  });
}
