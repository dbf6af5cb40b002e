import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LaneMark } from '../../../src/projection/contract.ts';
import { endOf, segmentsOf, stateAt } from '../../../web/model/lane.ts';

const marks: LaneMark[] = [
  [0, 'spawning.queued'],
  [100, 'running'],
  [900, 'completed'],
];

describe('the bar of a worker', () => {
  it('has a piece for each state, as wide as the state was long', () => {
    const pieces = segmentsOf(marks, { from: 0, until: 1_000, end: endOf(marks, 1_000) });
    expect(pieces.map(({ state, left, width }) => [state, left, width])).toEqual([
      ['spawning.queued', 0, 0.1],
      ['running', 0.1, 0.8],
      ['completed', 0.9, 1 / 600],
    ]);
  });

  it('has at most as many pieces as can be seen, and covers the whole time', () => {
    const many = Array.from({ length: 50_000 }, (_, t): LaneMark => {
      return [t, t % 2 ? 'running' : 'awaiting_permission'];
    });
    const pieces = segmentsOf(many, { from: 0, until: 50_000, end: 50_000 });
    expect(pieces.length).toBeLessThanOrEqual(601);
    const end = pieces.at(-1);
    expect((end?.left ?? 0) + (end?.width ?? 0)).toBeGreaterThan(0.99);
  });

  it('ends at the last change of a settled worker, else now', () => {
    expect(endOf(marks, 5_000)).toBe(900);
    expect(endOf(marks.slice(0, 2), 5_000)).toBe(5_000);
    expect(endOf(marks.slice(0, 2), 50)).toBe(100);
    expect(endOf([], 5_000)).toBe(5_000);
  });
});

describe('stateAt', () => {
  it('returns the last state that began at or before the time', () => {
    expect([-1, 0, 99, 100, 899, 900, 9_999].map((time) => stateAt(marks, time))).toEqual([
      undefined,
      'spawning.queued',
      'spawning.queued',
      'running',
      'running',
      'completed',
      'completed',
    ]);
    expect(stateAt([], 0)).toBeUndefined();
  });

  it('finds what a search from the end finds, also where several states begin at one time', () => {
    const lane = fc
      .array(fc.nat(50), { maxLength: 30 })
      .map((times) =>
        times.sort((a, b) => a - b).map((t, index): LaneMark => [t, `state ${index}`]),
      );
    fc.assert(
      fc.property(lane, fc.integer({ min: -2, max: 52 }), (lane, time) => {
        expect(stateAt(lane, time)).toBe(lane.findLast(([t]) => t <= time)?.[1]);
      }),
    );
  });
});
