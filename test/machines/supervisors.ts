import { createActor, fromCallback, SimulatedClock } from 'xstate';
import { type SupervisorEvent, supervisorMachine } from '../../machines/supervisor.ts';

/** What a stand-in worker is told, and how it is made to break. */
type Told = { type: 'SLOT' | 'STOP' | 'RELEASE' | 'CRASH' };

/** A supervisor over workers that do nothing but note what they are told, and break when told to. */
export function superviseStandIns(slots: number) {
  const told: string[] = [];
  const clock = new SimulatedClock();
  const worker = fromCallback<Told, string>(({ self, input, receive }) => {
    if (input === 'broken') throw new Error(`${self.id} broke at its start`);
    receive(({ type }) => {
      if (type === 'CRASH') throw new Error(`${self.id} broke`);
      told.push(`${self.id} ${type}`);
    });
    return () => told.push(`${self.id} gone`);
  });
  const actor = createActor(supervisorMachine.provide({ actors: { worker } }), {
    systemId: 'supervisor',
    input: { slots },
    clock,
  });
  const broken: unknown[] = [];
  const restarts: string[] = [];
  actor.on('RESTART', ({ worker_id }) => restarts.push(worker_id));
  actor.subscribe({ error: (error) => broken.push(error) });
  actor.start();

  const snapshot = () => actor.getSnapshot();
  return {
    clock,
    told,
    /** What broke the supervisor itself; nothing must. */
    broken,
    /** The workers whose actors are to be started anew, in that order. */
    restarts,
    snapshot,
    workersOf: () => snapshot().context.workers.map(({ worker_id }) => worker_id),
    slotsOf: () => {
      const { busy, queue } = snapshot().context;
      return { busy, queue };
    },
    send: (...events: SupervisorEvent[]) => {
      for (const event of events) actor.send(event);
    },
    spawn: (...worker_ids: string[]) => {
      for (const worker_id of worker_ids)
        actor.send({ type: 'SPAWN', worker_id, actor_id: worker_id, input: worker_id });
    },
    crash: (worker_id: string) => snapshot().children[worker_id]?.send({ type: 'CRASH' }),
  };
}

export const wanted = (worker_id: string): SupervisorEvent => ({ type: 'SLOT_WANTED', worker_id });
export const freed = (worker_id: string): SupervisorEvent => ({ type: 'SLOT_FREED', worker_id });
export const kept = (worker_id: string): SupervisorEvent => ({ type: 'SLOT_KEPT', worker_id });
export const remove = (worker_id: string): SupervisorEvent => ({ type: 'REMOVE', worker_id });
export const drain: SupervisorEvent = { type: 'DRAIN' };
