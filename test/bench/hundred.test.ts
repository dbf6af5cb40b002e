import { expect, it } from 'vitest';
import { fastestOf } from '../../bench/hundred.ts';

it('the best number at once is that of the fastest trial, the smaller one when two are as fast', () => {
  const slow = { atOnce: 2, took: 30 };
  expect(fastestOf([slow, { atOnce: 4, took: 20 }, { atOnce: 8, took: 25 }])).toBe(4);
  expect(fastestOf([slow, { atOnce: 8, took: 20 }, { atOnce: 4, took: 20 }])).toBe(4);
  expect(() => fastestOf([])).toThrow('There are no trials.');
});
