import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drain, freed, kept, remove, superviseStandIns, wanted } from './supervisors.ts';

type Supervised = ReturnType<typeof superviseStandIns>;

/** The steps that a supervisor sees of a worker. */
const steps = {
  SPAWN: ({ spawn }, id) => spawn(id),
  SLOT_WANTED: ({ send }, id) => send(wanted(id)),
  SLOT_FREED: ({ send }, id) => send(freed(id)),
  REMOVE: ({ send }, id) => send(remove(id)),
  crash: ({ crash }, id) => crash(id),
} satisfies Record<string, (supervised: Supervised, worker_id: string) => void>;

const anyStep = fc.tuple(
  // The keys of an object literal are its own.
  fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[])),
  fc.constantFrom('a', 'b', 'c', 'd', 'e'),
);

/** True if `part` has no repetition and all its items are in `whole`. */
const isWithin = (part: string[], whole: string[]): boolean =>
  new Set(part).size === part.length && part.every((id) => whole.includes(id));

function checkInvariants({ snapshot, workersOf, errors }: Supervised): void {
  const { busy, queue, slots } = snapshot().context;
  const workers = workersOf();
  const facts = {
    isAlive: snapshot().status === 'active' && errors.length === 0,
    areBusyWorkers: isWithin(busy, workers),
    areQueuedWorkers: isWithin(queue, workers),
    areApart: !queue.some((id) => busy.includes(id)),
    isWithinSlots: busy.length <= slots,
    wastesNoSlot: queue.length === 0 || busy.length >= slots || !snapshot().matches('open'),
    areWorkersUnique: isWithin(workers, workers),
  };
  expect(Object.entries(facts).filter(([, holds]) => !holds)).toEqual([]);
}

describe('A supervisor', () => {
  it('keeps its invariants for every sequence of steps', () => {
    const slotCounts = fc.integer({ min: 1, max: 3 });
    const lists = fc.array(anyStep);
    fc.assert(
      fc.property(slotCounts, lists, lists, (slots, list, whileDraining) => {
        const supervised = superviseStandIns(slots);
        const takeStep = ([name, worker_id]: (typeof list)[number]) => {
          steps[name](supervised, worker_id);
          checkInvariants(supervised);
        };
        list.forEach(takeStep);
        supervised.send(drain);
        whileDraining.forEach(takeStep);
      }),
      { numRuns: 500 },
    );
  });

  it('gives out no slot while adopted workers hold all slots', () => {
    const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 3 }), (own, slots) => {
        const { spawn, send, slotsOf } = superviseStandIns(slots);
        spawn(...own, 'late');
        send(...own.map(kept), wanted('late'));

        expect(slotsOf().busy.includes('late')).toBe(own.length < slots);
        send(...own.map(freed));
        expect(slotsOf()).toEqual({ busy: ['late'], queue: [] });
      }),
    );
  });
});
