import { expect, it } from 'vitest';
import { createProblems } from '../../../src/workers/problems.ts';

it('takeNew returns each problem once, also the second problem of a worker; delete removes a problem', () => {
  const problems = createProblems();
  problems.set('one', 'Its journal is torn.');
  expect(problems.takeNew()).toEqual(['Its journal is torn.']);
  expect(problems.takeNew()).toEqual([]);
  problems.set('one', 'Its folder is a link.');
  problems.set('two', 'It belongs to another user.');
  expect(problems.takeNew()).toEqual(['Its folder is a link.', 'It belongs to another user.']);
  problems.delete('one');
  expect([...problems.byWorker]).toEqual([['two', 'It belongs to another user.']]);
});
