import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { getShortestPaths } from 'xstate/graph';
import { workerMachine } from '../../machines/worker.ts';
import { leavesOf } from './charts.ts';
import { having, newWorker, on, stateOf, type WorkerSnapshot } from './fixtures.ts';
import { eventsFor } from './worker-situations.ts';

/** Checks the invariants of a state, on any path to it. */
function checkInvariants(worker: WorkerSnapshot): void {
  const { context } = worker;
  const isSettled = worker.hasTag('settled');
  const state = stateOf(worker);
  const asks = context.requests.length > 0;
  const facts = {
    isActive: worker.status === 'active',
    asks,
    holdsNoSlot: context.slot === 'none',
    hasFailed: context.failure !== null,
    ...(state === 'running' ? { slot: context.slot, prompt: context.prompt } : {}),
  };
  expect({ state, ...facts }).toEqual({
    state,
    isActive: true,
    // A process may ask while its worker waits for the slot of a follow-up.
    asks: state === 'awaiting_permission' || (state.startsWith('resumed') && asks),
    holdsNoSlot: isSettled,
    // A turn can have failed before the worker has settled.
    hasFailed: state === 'failed' || (context.turn_ended && context.failure !== null && !isSettled),
    ...(state === 'running' ? { slot: 'held', prompt: null } : {}),
  });
}

describe('The worker chart', () => {
  it('reaches every state', () => {
    const { context } = newWorker();
    const paths = getShortestPaths(workerMachine, {
      input: { spec: context.spec, prompt: { id: context.prompt_id, text: 'Look around.' } },
      events: (worker) => Object.values(eventsFor(worker)),
      // Fields enough to distinguish the situations, and so few that the search ends.
      serializeState: ({ value, context: { slot, process, tasks } }) =>
        JSON.stringify([value, slot, process === null, tasks.length]),
    });

    const leaves = [...leavesOf(workerMachine)].map((state) =>
      state.replace('running.turn', 'running'),
    );
    expect(new Set(paths.map(({ state }) => stateOf(state)))).toEqual(new Set(leaves));
    for (const { state } of paths) checkInvariants(state);
  });

  it('keeps its invariants for every sequence of events', () => {
    // Each number picks one of the events that the worker accepts at that moment.
    const sequences = fc.array(fc.nat(), { maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(sequences, (picks) => {
        let worker = newWorker();
        for (const pick of picks) {
          const all = [...Object.values(eventsFor(worker)), on.asked('cli-1'), on.asked('cli-2')];
          const events = all.filter((event) => worker.can(event));
          const event = events[pick % events.length];
          const spent = worker.context.totals.cost_usd;
          if (event) worker = having(worker, event);
          checkInvariants(worker);
          expect(worker.context.totals.cost_usd).toBeGreaterThanOrEqual(spent);
        }
      }),
      { numRuns: 30 },
    );
  });
});
