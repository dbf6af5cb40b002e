import { expect, it } from 'vitest';
import { formatSaved } from '../../demo/table.ts';

it('a saving is rounded down', () => {
  expect(formatSaved(201, 10_000)).toBe('97.9 %');
  expect(formatSaved(200, 10_000)).toBe('98.0 %');
});
