import { expect, it } from 'vitest';
import { getShortestPaths } from 'xstate/graph';
import {
  type LiveWorker,
  type SupervisorEvent,
  supervisorMachine,
} from '../../machines/supervisor.ts';
import { leavesOf } from '../machines/charts.ts';
import { drain, freed, kept, remove, wanted } from '../machines/supervisors.ts';

const ids = ['a', 'b', 'c'];

/** All events of three workers. */
const events: SupervisorEvent[] = [
  ...ids.map(
    (worker_id): SupervisorEvent => ({
      type: 'SPAWN',
      worker_id,
      actor_id: worker_id,
      input: null,
    }),
  ),
  ...ids.flatMap((worker_id) => [wanted(worker_id), freed(worker_id), remove(worker_id)]),
  ...ids.map((actorId): SupervisorEvent => ({ type: `xstate.error.actor.${actorId}`, actorId })),
  drain,
];

const idsIn = (workers: LiveWorker[]) => workers.map(({ worker_id }) => worker_id);

const isUnique = (list: string[]) => new Set(list).size === list.length;

it.each([1, 2])('three workers and %i slots: no slot is given twice, and none is lost', (slots) => {
  const paths = getShortestPaths(supervisorMachine, {
    input: { slots },
    events,
    serializeState: ({ value, context: { workers, queue, busy } }) =>
      JSON.stringify([value, idsIn(workers).toSorted(), queue, busy.toSorted()]),
  });
  expect(new Set(paths.map(({ state }) => state.value))).toEqual(leavesOf(supervisorMachine));
  for (const { state } of paths) {
    const { queue, busy } = state.context;
    const workers = idsIn(state.context.workers);
    const isFull = busy.length >= slots;
    expect({
      isUnique: isUnique(workers) && isUnique([...queue, ...busy]),
      isKnown: [...queue, ...busy].every((id) => workers.includes(id)),
      isWithinSlots: busy.length <= slots,
      leavesNoSlotUnused: queue.length === 0 || isFull || state.value !== 'open',
    }).toEqual({ isUnique: true, isKnown: true, isWithinSlots: true, leavesNoSlotUnused: true });
  }
});

it('a worker that comes with its own slot is never queued and busy together', () => {
  const paths = getShortestPaths(supervisorMachine, {
    input: { slots: 1 },
    events: [...events.filter(({ type }) => type !== 'DRAIN'), ...ids.map(kept)],
    serializeState: ({ value, context: { workers, queue, busy } }) =>
      JSON.stringify([value, idsIn(workers).toSorted(), queue, busy.toSorted()]),
  });
  for (const { state } of paths) {
    const { queue, busy } = state.context;
    const workers = idsIn(state.context.workers);
    expect(isUnique([...queue, ...busy]), JSON.stringify(state.context)).toBe(true);
    expect(busy.every((id) => workers.includes(id))).toBe(true);
  }
});
