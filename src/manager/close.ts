import { messageOf } from '../errors.ts';
import { signalGroup } from '../processes/identity.ts';
import { isHere } from '../processes/liveness.ts';
import { endLeftovers } from '../processes/reap.ts';
import { idOf } from '../workers/worker-actor.ts';
import type { Workers } from '../workers/workers.ts';
import type { Services } from './services.ts';
import { untilGone } from './stop.ts';

export type CloseMode = 'finish' | 'stop';

/** Ends the server's work on its workers and gives their leases up. A step that fails stops no other. */
export async function close(services: Services, mode: CloseMode): Promise<void> {
  const { workers, standby, adoption, lifetime, warn } = services;
  const complain = (error: unknown) => warn(messageOf(error));
  lifetime.isEnding = true;
  await standby.close().catch(complain);
  const actors = workers.actors();
  const live = actors.map(idOf);
  const ids = [...live, ...workers.parked.keys()];
  if (mode === 'stop') {
    workers.supervisor.send({ type: 'DRAIN' });
    await Promise.all(actors.map(untilGone));
    await endLeftovers(ids, warn).catch(complain);
  }
  await Promise.all(live.map((worker_id) => workers.recorded(worker_id).catch(() => {})));
  workers.stop();
  await adoption.release(ids);
}

/** Kills the process groups of all workers. */
export async function killAll(workers: Workers): Promise<void> {
  for (const actor of workers.actors()) {
    const { process } = actor.getSnapshot().context;
    // The pid of another namespace is that of another process here.
    if (process && (await isHere(process))) signalGroup(process.pid, 'SIGKILL');
  }
}
