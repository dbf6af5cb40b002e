import { expect, it } from 'vitest';
import type { Goal } from '../../bench/measurement.ts';
import { failOnRegression } from '../../bench/regression.ts';

const goal = (found: number, grossly?: number): Goal => ({
  ...{ what: 'a worker', against: 'claude -p', found, unit: '×', atMost: 1 },
  ...(grossly === undefined ? {} : { grossly }),
});

it('a figure over its goal is no failure, and a figure without a wide limit is none either', () => {
  expect(() => failOnRegression([goal(1.5, 2), goal(2, 2), goal(9)])).not.toThrow();
});

it.each([2.1, Number.POSITIVE_INFINITY, Number.NaN])(
  '%d over a limit of 2 is a failure',
  (found) => {
    expect(() => failOnRegression([goal(1, 2), goal(found, 2)])).toThrow(
      /a worker: .* × *, over 2/,
    );
  },
);
