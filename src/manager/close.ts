import { signalGroup } from '../processes/identity.ts';
import { endLeftovers } from '../processes/reap.ts';
import { idOf } from '../workers/worker-actor.ts';
import type { Fleet } from '../workers/workers.ts';
import type { Services } from './services.ts';
import { untilGone } from './stop.ts';

export type CloseMode = 'finish' | 'stop';

/** Ends the server's work on its workers and gives their leases up. */
export async function close(services: Services, mode: CloseMode): Promise<void> {
  const { fleet, standby, adoption, lifetime, warn } = services;
  lifetime.isEnding = true;
  await standby.close();
  const workers = fleet.liveWorkers();
  const live = workers.map(idOf);
  const ids = [...live, ...fleet.parked.keys()];
  if (mode === 'stop') {
    fleet.supervisor.send({ type: 'DRAIN' });
    await Promise.all(workers.map(untilGone));
    await endLeftovers(ids, warn);
  }
  await Promise.all(live.map((worker_id) => fleet.recorded(worker_id).catch(() => {})));
  fleet.stop();
  await adoption.release(ids);
}

/** Kills the process groups of all workers. */
export function killAll(fleet: Fleet): void {
  for (const actor of fleet.liveWorkers()) {
    signalGroup(actor.getSnapshot().context.process?.pid ?? 0, 'SIGKILL');
  }
}
