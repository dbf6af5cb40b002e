import { expect, it } from 'vitest';
import { isOlder, versionIn } from '../../../src/claude/version.ts';

it.each([
  ['2.1.332 (Claude Code)\n', '2.1.332'],
  ['a notice\n2.1.99-dev.1 (Claude Code)', '2.1.99'],
  ['2.1.99', undefined],
  ['Usage: claude', undefined],
  ['', undefined],
])('in the answer %j the version is %s', (text, version) => {
  expect(versionIn(text)).toBe(version);
});

it.each([
  ['2.1.99', '2.1.100', true],
  ['2.1.100', '2.1.99', false],
  ['2.1.100', '2.1.100', false],
  ['1.9.999', '2.0.0', true],
  ['3.0.0', '2.9.9', false],
])('%s is before %s: %s', (version, other, expected) => {
  expect(isOlder(version, other)).toBe(expected);
});
