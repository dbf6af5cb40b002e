import { expect, it } from 'vitest';
import { fastestOf } from '../../bench/hundred.ts';

it('the best number of workers at once is that of the fastest trial, or the smaller of two equal trials', () => {
  const slow = { atOnce: 2, took: 30 };
  expect(fastestOf([slow, { atOnce: 4, took: 20 }, { atOnce: 8, took: 25 }])).toBe(4);
  expect(fastestOf([slow, { atOnce: 8, took: 20 }, { atOnce: 4, took: 20 }])).toBe(4);
  expect(() => fastestOf([])).toThrow('There are no trials.');
});
