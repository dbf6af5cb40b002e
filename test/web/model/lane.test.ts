import { describe, expect, it } from 'vitest';
import type { LaneMark } from '../../../src/projection/contract.ts';
import { endOf, segmentsOf } from '../../../web/model/lane.ts';

describe('a bar over time', () => {
  const marks: LaneMark[] = [
    [0, 'spawning.queued'],
    [100, 'running'],
    [900, 'completed'],
  ];

  it('has a piece for each state, as wide as it was long', () => {
    const pieces = segmentsOf(marks, { from: 0, until: 1_000, end: endOf(marks, 1_000) });
    expect(pieces.map(({ state, left, width }) => [state, left, width])).toEqual([
      ['spawning.queued', 0, 0.1],
      ['running', 0.1, 0.8],
      ['completed', 0.9, 1 / 600],
    ]);
  });

  it('has no more pieces than can be seen, and covers the whole time', () => {
    const many = Array.from({ length: 50_000 }, (_, t): LaneMark => {
      return [t, t % 2 ? 'running' : 'awaiting_permission'];
    });
    const pieces = segmentsOf(many, { from: 0, until: 50_000, end: 50_000 });
    expect(pieces.length).toBeLessThanOrEqual(601);
    const end = pieces.at(-1);
    expect((end?.left ?? 0) + (end?.width ?? 0)).toBeGreaterThan(0.99);
  });
});
