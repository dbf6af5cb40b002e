import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginningOf, cut, endOf } from '../../../src/text/cut.ts';

/** Texts that a cut can break: emoji, escapes, runs of backslashes, halves of characters. */
const pieces = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(...['😀', '👩‍👩‍👧', 'e\u0301', '\ud83d', '\udc00', '\\', '\\\\', '\\n', '\\"']),
  fc.constantFrom(...['\\u001b', '\\u{e0001}', '\\ud83d\\ude00', 'C:\\users', '日本']),
);
const text = fc.array(pieces, { maxLength: 8 }).map((list) => list.join(''));

const isWellFormed = (value: string) => Buffer.from(value).toString() === value;

describe('a text that is cut', () => {
  it('is a beginning or an end of the text, no longer than asked, and at most one escape shorter', () => {
    fc.assert(
      fc.property(text, fc.nat({ max: 40 }), (whole, length) => {
        const [first, last] = [beginningOf(whole, length), endOf(whole, length)];
        expect(whole.startsWith(first) && whole.endsWith(last)).toBe(true);
        for (const part of [first, last]) {
          expect(part.length).toBeLessThanOrEqual(length);
          expect(part.length).toBeGreaterThanOrEqual(Math.min(whole.length, length) - 12);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('has no half of a character, unless the text had it', () => {
    fc.assert(
      fc.property(text.filter(isWellFormed), fc.nat({ max: 40 }), (whole, length) => {
        expect(isWellFormed(beginningOf(whole, length))).toBe(true);
        expect(isWellFormed(endOf(whole, length))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has no half of an escape: JSON stays readable from either side', () => {
    const inner = (json: string) => JSON.parse(`"${json}"`);
    fc.assert(
      fc.property(text, fc.nat({ max: 40 }), (whole, length) => {
        const json = JSON.stringify(whole).replace(/^"|"$/g, '');
        expect(whole.startsWith(inner(beginningOf(json, length)))).toBe(true);
        expect(whole.endsWith(inner(endOf(json, length)))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a😀b', 2, 'a', 'b'],
    ['a😀b', 3, 'a😀', '😀b'],
    ['ab\\u001bcd', 5, 'ab', 'cd'],
    ['ab\\u{e0001}cd', 8, 'ab', 'cd'],
    ['a\\ud83d\\ude00b', 8, 'a', 'b'],
    ['a\\nb', 2, 'a', 'b'],
    ['\\\\\\\\', 3, '\\\\', '\\\\'],
    ['\\😀', 2, '', ''],
    ['four', 4, 'four', 'four'],
    ['four', 0, '', ''],
    ['four', -1, '', ''],
  ])('%j in %i characters is %j or %j', (whole, length, first, last) => {
    expect([beginningOf(whole, length), endOf(whole, length)]).toEqual([first, last]);
  });

  it('ends with an ellipsis when something is missing', () => {
    expect([cut('four', 4), cut('fours', 4), cut('a😀', 2)]).toEqual(['four', 'four…', 'a…']);
  });

  it('is cut in the time of its length, also in a run of backslashes', () => {
    expect(beginningOf('\\'.repeat(1_000_001), 999_999)).toHaveLength(999_998);
  });
});

/** Lines that shorten a list, or a text in which nothing can be split. */
const harmless = [
  'src/cli/message-lines.ts: const kept = lines.slice(0, resultLines)',
  'src/cli/tail.ts: write(isFirst ? read.messages.slice(-lastMessages)',
  'src/cli/watch.ts: const shown = sorted.slice(0, Math.max(1, rows - 4)',
  'src/export/mermaid.ts: return [...lines.slice(0, mostLines / 2)',
  'src/history/history.ts: await draft.write(`${JSON.stringify(head, null, 2).slice(0, -2)',
  'src/journal/compact.ts: `Line ${linesIn(bytes.subarray(0, from)) + linesIn(text.slice(0, before)',
  'src/page/request-rules.ts: isSame(path.slice(0, base.length)',
  'src/practice/answer.ts: const sent = whole ? events : events.slice(0, lastEvent(step, message, events.length)',
  'src/practice/requests.ts: const seen = this.requests.slice(-3)',
  'src/practice/stream.ts: const sent = isCut ? json.slice(0, Math.ceil(json.length / 2)',
  'src/stream-json/decode.ts: .slice(0, mostModels)',
  "src/stream-json/result.ts: return message === undefined ? told : told.slice(0, told.indexOf('{')",
  'src/stream-json/turn-work.ts: return names.slice(0, 8)',
  'src/text/cut.ts: return text.slice(0, wholeEnd(text, Math.max(0, length)',
  'src/workers/idle-eviction.ts: for (const worker_id of [...idle].slice(0, excess()',
];

it('every text of the product is shortened here: no other file takes a beginning or an end by itself', async () => {
  const names = await readdir('src', { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => join('src', name));
  const found = await Promise.all(
    files.map(async (path) => {
      const code = await readFile(path, 'utf8');
      const calls = code.matchAll(/^ *(.*?\.(?:slice\((?:0,|-)|substr(?:ing)?\().*?\))/gm);
      return [...calls].map(([, line]) => `${path}: ${line}`);
    }),
  );
  expect(found.flat().sort()).toEqual(harmless);
});
