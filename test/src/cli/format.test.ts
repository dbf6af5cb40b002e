import { describe, expect, it } from 'vitest';
import { age, cut, formatTable } from '../../../src/cli/format.ts';

/** Texts, and the number of columns that each takes in a terminal. */
const texts: [string, number][] = [
  ['', 0],
  ['plain', 5],
  ['日本語', 6],
  ['한국어', 6],
  ['ｆｕｌｌ', 8],
  ['ﾊﾝｶｸ', 4],
  ['👨‍👩‍👧‍👦', 2],
  ['🇩🇪🇯🇵', 4],
  ['👍🏽', 2],
  ['❤️', 2],
  ['1️⃣', 2],
  ['✓▶…', 3],
  ['e\u0301le\u0300ve', 5],
  ['a\u0300\u0301\u0302', 1],
  ['𠮷野', 4],
];

it('columns are as wide as their widest cell, and numbers are aligned to the right', () => {
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

it.each(texts)('a cell with %j takes %i columns', (text, width) => {
  const columns = [{ title: 'a' }, { title: 'b', align: 'right' as const }, { title: 'c' }];
  const [titles, first] = formatTable(columns, [
    [text, text, 'c'],
    ['x'.repeat(20), 'x'.repeat(20), 'c'],
  ]);
  expect(titles).toBe(`a${' '.repeat(21)}${' '.repeat(19)}b  c`);
  const space = ' '.repeat(20 - width);
  expect(first).toBe(`${text}${space}  ${space}${text}  c`);
});

describe('a cut text', () => {
  it.each(texts)('%j is whole in its own width, and shorter in less', (text, width) => {
    expect(cut(text, width)).toBe(text);
    expect(cut(`${text}xy`, width + 1)).toBe(`${text}…`);
  });

  it.each([
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['a日本', 3, 'a…'],
    ['👨‍👩‍👧‍👦👍🏽👍🏽', 4, '👨‍👩‍👧‍👦…'],
    ['👨‍👩‍👧‍👦👍🏽👍🏽', 3, '👨‍👩‍👧‍👦…'],
    ['👨‍👩‍👧‍👦👍🏽👍🏽', 2, '…'],
    ['🇩🇪🇯🇵🇫🇷', 5, '🇩🇪🇯🇵…'],
    ['🇩🇪🇯🇵🇫🇷', 4, '🇩🇪…'],
    ['e\u0301e\u0301e\u0301e\u0301', 3, 'e\u0301e\u0301…'],
    ['и\u0306и\u0306и\u0306', 2, 'и\u0306…'],
    ['𠮷𠮷𠮷', 3, '𠮷…'],
    ['a\\u{e0001}b', 5, 'a…'],
    ['a\\u001bb', 4, 'a…'],
  ])('%j in %i columns is %j', (text, width, expected) => {
    expect(cut(text, width)).toBe(expected);
  });
});

it('a text that is too long is cut at its end and ends with an ellipsis', () => {
  expect([cut('four', 4), cut('fours', 4), cut('any', 0)]).toEqual(['four', 'fou…', '…']);
});
