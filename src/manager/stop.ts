import { waitFor } from 'xstate';
import { descendsFrom, nameProcesses } from '../processes/command-line.ts';
import { endLeftovers, processesOf } from '../processes/reap.ts';
import { beginningOf } from '../text/cut.ts';
import { idOf, type WorkerActor } from '../workers/worker-actor.ts';
import type { Services } from './services.ts';

export interface StopResult {
  stopped: string[];
  already_settled: string[];
  /** Workers with a process that did not end, not even after SIGKILL. */
  would_not_stop?: string[];
  /** The processes that were ended beside `claude`, such as commands in the background. */
  also_ended?: EndedRow[];
}

export interface EndedRow {
  worker_id: string;
  pid: number;
  command: string;
}

/** Stops workers and resolves when their processes are gone. */
export async function stopWorkers(
  { workers, directory }: Services,
  worker_ids: string[],
): Promise<StopResult> {
  const actors = await Promise.all([...new Set(worker_ids)].map(directory.getOrAdopt));
  const result = await stopActors(actors);
  await Promise.all(worker_ids.map((id) => workers.recorded(id).catch(() => {})));
  for (const worker_id of worker_ids) workers.parkIfDone(worker_id);
  return result;
}

async function stopActors(actors: WorkerActor[]): Promise<StopResult> {
  const settled = actors.filter((actor) => actor.getSnapshot().hasTag('settled'));
  const working = settled.filter((actor) => actor.getSnapshot().context.tasks.length > 0);
  const active = actors.filter((actor) => !settled.includes(actor));
  const beside = (await Promise.all(actors.map(processesBeside))).flat();
  const idle = settled.filter((actor) => actor.getSnapshot().context.process !== null);
  for (const actor of idle) actor.send({ type: 'RELEASE' });
  for (const actor of active) actor.send({ type: 'STOP' });
  await Promise.all(actors.map(untilGone));
  // A `claude` that ended by itself may have left child processes, so they are ended for all workers.
  const idsOf = (list: WorkerActor[]) => list.map(idOf);
  const left = await endLeftovers(idsOf(actors));
  const survivors = new Set([...left.values()].flat());
  const ended = beside.filter(({ pid }) => !survivors.has(pid));
  const stuck = actors.filter(
    (actor) => actor.getSnapshot().context.process !== null || left.has(idOf(actor)),
  );
  return {
    stopped: idsOf([...active, ...working].filter((actor) => !stuck.includes(actor))),
    already_settled: idsOf(
      settled.filter((actor) => !stuck.includes(actor) && !working.includes(actor)),
    ),
    ...(stuck.length === 0 ? {} : { would_not_stop: idsOf(stuck) }),
    ...(ended.length === 0 ? {} : { also_ended: ended }),
  };
}

/**
 * Returns the processes that a worker has besides its `claude`, and that `claude` does not end itself.
 * While a turn runs, `claude` ends the commands that it has started.
 */
async function processesBeside(actor: WorkerActor): Promise<EndedRow[]> {
  const worker_id = idOf(actor);
  const snapshot = actor.getSnapshot();
  const claude = snapshot.context.process?.pid ?? 0;
  const pids = (await processesOf(worker_id)).filter((pid) => pid !== claude);
  const named = await nameProcesses(pids);
  const kept = named.filter(
    (process) => snapshot.hasTag('settled') || !descendsFrom(process, claude, named),
  );
  return kept.map(({ pid, command }) => ({ worker_id, pid, command: beginningOf(command, 200) }));
}

/** Longer than all grace periods of the worker machine together. */
const goneMs = 20_000;

/** Resolves when a worker has settled and its process is gone, or does not end in time. */
export async function untilGone(actor: WorkerActor): Promise<void> {
  const isGone = (snapshot: ReturnType<WorkerActor['getSnapshot']>) =>
    snapshot.status !== 'active' ||
    (snapshot.hasTag('settled') && snapshot.context.saved && snapshot.context.process === null);
  await waitFor(actor, isGone, { timeout: goneMs }).catch(() => {});
}
