import { expect, it } from 'vitest';
import { stateText } from '../../../src/journal/state-text.ts';

it.each([
  ['running', 'running'],
  [{ spawning: 'queued' }, 'spawning.queued'],
  [{ a: { b: 'c' } }, 'a.b.c'],
  [undefined, ''],
  [null, ''],
])('the state %j reads %j', (value, text) => {
  expect(stateText(value)).toBe(text);
});
