import { expect, it } from 'vitest';
import { allKinds, planOf } from './plan.ts';
import { taskOf } from './task.ts';

it('the same seed gives the same accidents and tasks, another seed gives others', () => {
  expect(planOf(7, 60_000)).toEqual(planOf(7, 60_000));
  expect(planOf(7, 60_000)).not.toEqual(planOf(8, 60_000));
  expect(taskOf(7, 1, 2, 'ran')).toEqual(taskOf(7, 1, 2, 'ran'));
  expect(taskOf(7, 1, 2, 'ran')).not.toEqual(taskOf(8, 1, 2, 'ran'));
});

it('ten minutes of accidents have every kind of accident for every target', () => {
  const kinds = new Set(planOf(1, 600_000).map(({ target, what }) => `${what} ${target}`));
  expect([...kinds].toSorted()).toEqual(allKinds.toSorted());
});
