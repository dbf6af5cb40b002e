import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countSteps,
  foldSteps,
  joinSteps,
  lastMove,
  mergeStep,
  offsetAfter,
  routeAfter,
} from '../../../web/model/steps.ts';
import { anyMoment, anyRun, usualTurn } from '../run.ts';

describe('foldSteps', () => {
  it('adds up the patches of all steps to the view of the server', () => {
    fc.assert(
      fc.property(anyRun, ({ steps, viewAfter }) => {
        expect(foldSteps(steps, steps.length)).toEqual(viewAfter(steps.length));
      }),
      { numRuns: 100 },
    );
  });

  it('replays the first n steps to the view that the server had after them', () => {
    fc.assert(
      fc.property(anyMoment, ({ run: { steps, viewAfter }, count }) => {
        expect(foldSteps(steps, count)).toEqual(viewAfter(count));
      }),
      { numRuns: 100 },
    );
  });

  it('returns no view before the first step', () => {
    expect(foldSteps(usualTurn().steps, 0)).toBeUndefined();
    expect(foldSteps([], 3)).toBeUndefined();
  });

  it('leaves the steps as they are', () => {
    const { steps } = usualTurn();
    const before = structuredClone(steps);
    foldSteps(steps, steps.length);
    expect(steps).toEqual(before);
  });
});

describe('mergeStep', () => {
  it('merges one step after the other into the view of the server', () => {
    fc.assert(
      fc.property(anyMoment, ({ run: { steps, viewAfter }, count }) => {
        const next = steps[count];
        const merged = next && mergeStep(viewAfter(count), next);
        if (next) expect(merged).toEqual(viewAfter(count + 1));
      }),
      { numRuns: 100 },
    );
  });

  it('reports a step that the view includes, and a step after a gap', () => {
    fc.assert(
      fc.property(anyMoment, ({ run: { steps, viewAfter }, count }) => {
        const merged = steps.map((step) => mergeStep(viewAfter(count), step));
        const names = merged.map((view) => (typeof view === 'string' ? view : 'merged'));
        const expected = steps.map((_, index) =>
          index < count ? 'known' : index === count ? 'merged' : 'gap',
        );
        expect(names).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('accepts only the first step of a worker that it does not know', () => {
    const { steps, viewAfter } = usualTurn();
    expect(steps.slice(0, 2).map((step) => mergeStep(undefined, step))).toEqual([
      viewAfter(1),
      'gap',
    ]);
  });
});

describe('joinSteps', () => {
  it('has each step once, in order, however two parts of a run overlap', () => {
    fc.assert(
      fc.property(anyMoment, fc.nat(30), ({ run: { steps }, count }, overlap) => {
        const start = Math.max(0, count - overlap);
        expect(joinSteps(steps.slice(0, count), steps.slice(start))).toEqual(steps);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the place in a run', () => {
  const { id, steps } = usualTurn();

  it('is after the record of the route, or at the end', () => {
    expect([undefined, 0, 1, 4, 99].map((seq) => countSteps(steps, seq))).toEqual([
      steps.length,
      0,
      1,
      4,
      steps.length,
    ]);
  });

  it('knows the last change of state before it', () => {
    const states = steps.map((_, index) => lastMove(steps, index + 1)?.record.to);
    expect([...new Set(states)]).toEqual([
      undefined,
      'spawning.starting',
      'running',
      'awaiting_permission',
      'failed',
    ]);
    expect(lastMove(steps, 0)).toBeUndefined();
  });

  it('knows how far the conversation was', () => {
    const opened = steps.findIndex(({ record }) => record.event.type === 'TURN_OPENED');
    const offsets = [0, opened + 1, opened + 2, steps.length].map((n) => offsetAfter(steps, n));
    expect(offsets).toEqual([0, 10, 20, 40]);
  });

  it('moves by steps between the first record and now', () => {
    const last = steps.length;
    const move = (seq: number | undefined, by: number) =>
      routeAfter(seq === undefined ? { worker: id } : { worker: id, seq }, steps, by);
    expect(move(undefined, -1)).toEqual({ worker: id, seq: last - 1 });
    expect(move(3, -1)).toEqual({ worker: id, seq: 2 });
    expect(move(1, -1)).toEqual({ worker: id, seq: 1 });
    expect(move(3, 1)).toEqual({ worker: id, seq: 4 });
    expect(move(last - 1, 1)).toEqual({ worker: id, seq: last });
    expect(move(last, 1)).toEqual({ worker: id });
    expect(move(undefined, 1)).toEqual({ worker: id });
  });

  it('does not move without a worker or without steps', () => {
    expect(routeAfter({}, steps, -1)).toBeUndefined();
    expect(routeAfter({ worker: id }, [], -1)).toBeUndefined();
  });
});
