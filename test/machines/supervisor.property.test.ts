import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drain, freed, kept, remove, superviseStandIns, wanted } from './supervisors.ts';

type Supervised = ReturnType<typeof superviseStandIns>;

/** What can happen to a worker, as far as its supervisor is concerned. */
const happenings = {
  SPAWN: ({ spawn }, id) => spawn(id),
  SLOT_WANTED: ({ send }, id) => send(wanted(id)),
  SLOT_FREED: ({ send }, id) => send(freed(id)),
  REMOVE: ({ send }, id) => send(remove(id)),
  crash: ({ crash }, id) => crash(id),
} satisfies Record<string, (supervised: Supervised, worker_id: string) => void>;

type Happening = keyof typeof happenings;

const happening = fc.tuple(
  fc.constantFrom(...(Object.keys(happenings) as Happening[])),
  fc.constantFrom('a', 'b', 'c', 'd', 'e'),
);

/** Whether `part` has no doubles and holds nothing that `whole` does not. */
const isWithin = (part: string[], whole: string[]): boolean =>
  new Set(part).size === part.length && part.every((id) => whole.includes(id));

function checkInvariants({ snapshot, workersOf, broken }: Supervised): void {
  const { busy, queue, slots } = snapshot().context;
  const workers = workersOf();
  const facts = {
    isAlive: snapshot().status === 'active' && broken.length === 0,
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
  it('keeps its books whatever happens in whatever order', () => {
    const slotCounts = fc.integer({ min: 1, max: 3 });
    const lists = fc.array(happening);
    fc.assert(
      fc.property(slotCounts, lists, lists, (slots, list, whileDraining) => {
        const supervised = superviseStandIns(slots);
        const live = ([name, worker_id]: (typeof list)[number]) => {
          happenings[name](supervised, worker_id);
          checkInvariants(supervised);
        };
        list.forEach(live);
        supervised.send(drain);
        whileDraining.forEach(live);
      }),
      { numRuns: 500 },
    );
  });

  it('admits nobody while workers that brought their own slots fill them', () => {
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
