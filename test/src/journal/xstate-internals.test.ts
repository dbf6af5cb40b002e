import { describe, expect, it } from 'vitest';
import { assign, createActor, fromCallback, type InspectionEvent, setup } from 'xstate';
import { restorable, stubScope, targetsOf } from '../../../src/journal/xstate-internals.ts';

const calls: string[] = [];
const types = { context: {} as { count: number }, input: {} as { count: number } };
const counter = setup({
  types,
  actors: {
    child: fromCallback<{ type: string }, number>(({ input }) => {
      calls.push(`child ${input}`);
    }),
  },
  actions: {
    add: assign({ count: ({ context }) => context.count + 1 }),
    log: () => calls.push('log'),
  },
}).createMachine({
  id: 'counter',
  context: ({ input }) => ({ count: input.count }),
  invoke: { id: 'child', src: 'child', input: ({ context }) => context.count },
  initial: 'on',
  states: {
    on: { on: { ADD: { actions: ['add', 'log'] }, NEXT: 'off' } },
    off: { entry: 'log' },
  },
});

describe('xstate internals', () => {
  it('targetsOf names the target of a transition, and the source where there is no target', () => {
    const steps: string[][] = [];
    const inspect = (event: InspectionEvent) => {
      if (event.type === '@xstate.microstep') steps.push(targetsOf(event));
    };
    const actor = createActor(counter, { input: { count: 0 }, inspect }).start();
    steps.length = 0;
    actor.send({ type: 'ADD' });
    actor.send({ type: 'NEXT' });
    expect(steps).toEqual([['counter.on'], ['counter.off']]);
  });

  it('stubScope computes the next snapshot and carries out no action', () => {
    calls.length = 0;
    const first = counter.getInitialSnapshot(stubScope, { count: 1 });
    const added = counter.transition(first, { type: 'ADD' }, stubScope);
    const next = counter.transition(added, { type: 'NEXT' }, stubScope);
    expect([next.value, next.context]).toEqual(['off', { count: 2 }]);
    expect(calls).toEqual([]);
  });

  it('a spawned restorable machine continues at a value and a context, with its children', () => {
    calls.length = 0;
    const child = restorable(counter, ['child'], ({ count }) => count);
    const parent = setup({ actors: { child } }).createMachine({
      // The input of a restored actor is its state, which the type of the machine does not know.
      invoke: { id: 'it', src: 'child', input: { value: 'on', context: { count: 7 } } as never },
    });
    const actor = createActor(parent).start();
    expect(calls).toEqual(['child 7']);
    const it = actor.getSnapshot().children.it;
    it?.send({ type: 'ADD' });
    expect(it?.getSnapshot()).toMatchObject({ value: 'on', context: { count: 8 } });
  });

  it('a restorable machine begins as usual with a plain input', () => {
    const machine = restorable(counter, ['child'], ({ count }) => count);
    const snapshot = createActor(machine, { input: { count: 3 } }).getSnapshot();
    expect(snapshot).toMatchObject({ value: 'on', context: { count: 3 } });
  });
});
