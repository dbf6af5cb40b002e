import { createActor, fromCallback, SimulatedClock } from 'xstate';
import { type SupervisorEvent, supervisorMachine } from '../../machines/supervisor.ts';

/** The events of a stand-in worker; CRASH makes it throw. */
type StandInEvent = { type: 'SLOT' | 'STOP' | 'RELEASE' | 'CRASH' };

/** Starts a supervisor with stand-in workers, which record their events and crash on request. */
export function superviseStandIns(slots: number) {
  const received: string[] = [];
  const clock = new SimulatedClock();
  const worker = fromCallback<StandInEvent, string>(({ self, input, receive }) => {
    if (input === 'broken') throw new Error(`${self.id} crashed at its start`);
    receive(({ type }) => {
      if (type === 'CRASH') throw new Error(`${self.id} crashed`);
      received.push(`${self.id} ${type}`);
    });
    return () => received.push(`${self.id} removed`);
  });
  const actor = createActor(supervisorMachine.provide({ actors: { worker } }), {
    systemId: 'supervisor',
    input: { slots },
    clock,
  });
  const errors: unknown[] = [];
  const restarts: string[] = [];
  actor.on('RESTART', ({ worker_id }) => restarts.push(worker_id));
  actor.subscribe({ error: (error) => errors.push(error) });
  actor.start();

  const snapshot = () => actor.getSnapshot();
  return {
    clock,
    received,
    /** The errors of the supervisor itself. */
    errors,
    /** The workers that the supervisor wants to restart, in this order. */
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
