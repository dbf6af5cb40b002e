import { waitFor } from 'xstate';
import { endLeftovers } from '../processes/reap.ts';
import { idOf, type WorkerActor } from '../workers/worker-actor.ts';

export interface StopResult {
  stopped: string[];
  already_settled: string[];
  /** Workers with a process that did not go, not even when killed. */
  would_not_stop?: string[];
}

/** Stops workers and returns when their processes are gone. */
export async function stopAll(actors: WorkerActor[]): Promise<StopResult> {
  const settled = actors.filter((actor) => actor.getSnapshot().hasTag('settled'));
  const active = actors.filter((actor) => !settled.includes(actor));
  for (const actor of settled) actor.send({ type: 'RELEASE' });
  for (const actor of active) actor.send({ type: 'STOP' });
  await Promise.all(actors.map(untilGone));
  // Also what a process left behind that went by itself, long before anybody said stop.
  const idsOf = (list: WorkerActor[]) => list.map(idOf);
  const left = await endLeftovers(idsOf(actors));
  const stuck = actors.filter(
    (actor) => actor.getSnapshot().context.process !== null || left.has(idOf(actor)),
  );
  return {
    stopped: idsOf(active.filter((actor) => !stuck.includes(actor))),
    already_settled: idsOf(settled.filter((actor) => !stuck.includes(actor))),
    ...(stuck.length === 0 ? {} : { would_not_stop: idsOf(stuck) }),
  };
}

/** Longer than the machine's own way from interrupt to giving up. */
const goneMs = 20_000;

/** Resolves when a worker has settled and its process is gone, or would not go. */
export async function untilGone(actor: WorkerActor): Promise<void> {
  const isGone = (snapshot: ReturnType<WorkerActor['getSnapshot']>) =>
    snapshot.status !== 'active' ||
    (snapshot.hasTag('settled') && snapshot.context.saved && snapshot.context.process === null);
  await waitFor(actor, isGone, { timeout: goneMs }).catch(() => {});
}
