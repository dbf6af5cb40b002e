import { expect, it } from 'vitest';
import { stateText } from '../../../src/journal/state-text.ts';

it.each([
  ['running', 'running'],
  [{ spawning: 'queued' }, 'spawning.queued'],
  [{ a: { b: 'c' } }, 'a.b.c'],
  [undefined, ''],
  [null, ''],
])('the text of the state %j is %j', (value, text) => {
  expect(stateText(value)).toBe(text);
});
