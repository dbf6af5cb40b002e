import { expect, it } from 'vitest';
import { formatSaved, formatTable } from '../../demo/table.ts';

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

it('a saving is never rounded up', () => {
  expect(formatSaved(201, 10_000)).toBe('97.9 %');
  expect(formatSaved(200, 10_000)).toBe('98.0 %');
});
