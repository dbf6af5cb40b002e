import { expect, it } from 'vitest';
import { createActorIds } from '../../../src/workers/actor-ids.ts';

it('take gives numbers, and first the numbers that were given back', () => {
  const ids = createActorIds();
  expect(['a', 'b', 'c'].map(ids.take)).toEqual(['0', '1', '2']);
  expect(ids.take('b')).toBe('1');

  ids.giveBack('b');
  ids.giveBack('b');
  expect(ids.find('b')).toBeUndefined();
  expect(ids.workerOf('1')).toBe('');

  expect(['d', 'e'].map(ids.take)).toEqual(['1', '3']);
  expect(['0', '1', '2', '3'].map(ids.workerOf)).toEqual(['a', 'd', 'c', 'e']);
});
