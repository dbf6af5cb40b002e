import { describe, expect, it } from 'vitest';
import { age, cut, formatTable } from '../../src/cli/format.ts';

it('columns are as wide as their widest cell, and numbers lean right', () => {
  expect(
    formatTable(
      [{ title: 'worker' }, { title: 's', align: 'right' }],
      [
        ['a', '1'],
        ['longer name', '100'],
      ],
    ),
  ).toEqual(['worker         s', 'a              1', 'longer name  100']);
});

describe('a time between two moments', () => {
  it.each([
    [0, '0 s'],
    [-5, '0 s'],
    [119, '119 s'],
    [120, '2 min'],
    [7_199, '119 min'],
    [7_200, '2 h'],
    [172_799, '47 h'],
    [172_800, '2 d'],
  ])('of %i seconds is %s', (seconds, text) => {
    expect(age(1_000, 1_000 + seconds * 1_000)).toBe(text);
  });
});

it('a text that is too long is cut at its end, and says so', () => {
  expect([cut('four', 4), cut('fours', 4), cut('any', 0)]).toEqual(['four', 'fou…', '…']);
});
