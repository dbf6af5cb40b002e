import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LaneMark } from '../../src/projection/contract.ts';
import { count, duration, money } from '../../web/text/format.ts';
import { endOf, segmentsOf } from '../../web/text/lane.ts';
import { blocksOf } from '../../web/text/message.ts';
import { segments } from '../../web/text/visible.ts';

const shown = (text: string) =>
  segments(text)
    .map((part) => ('text' in part ? part.text : `<${part.hidden}>`))
    .join('');

describe('a text of a worker', () => {
  it('shows each character that hides or misleads by its number', () => {
    expect(shown('a\u202eb\u200bc\x1bd\u00a0e\u3164f\ufe0fg\u2028h\u{e0041}i\ud800')).toBe(
      'a<U+202E>b<U+200B>c<U+001B>d<U+00A0>e<U+3164>f<U+FE0F>g<U+2028>h<U+E0041>i<U+D800>',
    );
  });

  it('keeps what is plain, lines and tabs among it', () => {
    const plain = 'ls -la\n\t# größer 漢字 😀 – "x"';
    expect(segments(plain)).toEqual([{ text: plain }]);
  });

  it('loses nothing', () => {
    const property = fc.property(fc.string({ unit: 'binary' }), (text) => {
      const back = segments(text).map((part) =>
        'text' in part
          ? part.text
          : String.fromCodePoint(Number.parseInt(part.hidden.slice(2), 16)),
      );
      expect(back.join('')).toBe(text);
    });
    fc.assert(property);
  });
});

describe('a bar over time', () => {
  const marks: LaneMark[] = [
    [0, 'spawning.queued'],
    [100, 'running'],
    [900, 'completed'],
  ];

  it('has a piece for each state, as wide as it was long', () => {
    const pieces = segmentsOf(marks, { from: 0, until: 1_000, end: endOf(marks, 1_000) });
    expect(pieces.map(({ state, left, width }) => [state, left, width])).toEqual([
      ['spawning.queued', 0, 0.1],
      ['running', 0.1, 0.8],
      ['completed', 0.9, 1 / 600],
    ]);
  });

  it('has no more pieces than can be seen, and covers the whole time', () => {
    const many = Array.from({ length: 50_000 }, (_, t): LaneMark => {
      return [t, t % 2 ? 'running' : 'awaiting_permission'];
    });
    const pieces = segmentsOf(many, { from: 0, until: 50_000, end: 50_000 });
    expect(pieces.length).toBeLessThanOrEqual(601);
    const end = pieces.at(-1);
    expect((end?.left ?? 0) + (end?.width ?? 0)).toBeGreaterThan(0.99);
  });
});

describe('a message', () => {
  it('shows texts, tools and results, and what is unknown as JSON', () => {
    const content = [
      { type: 'text', text: 'Hello.' },
      { type: 'tool_use', name: 'Bash', input: { command: 'ls' } },
      { type: 'tool_result', is_error: true, content: [{ type: 'text', text: 'No.' }] },
      { type: 'new', field: 1 },
    ];
    const message = { type: 'assistant', message: { role: 'assistant', content } };
    const { role, blocks } = blocksOf({ offset: 1, message });
    expect(role).toBe('assistant');
    expect(blocks).toMatchObject([
      { kind: 'text', text: 'Hello.' },
      { kind: 'use', name: 'Bash', text: expect.stringContaining('"command": "ls"') },
      { kind: 'failed result', text: 'No.' },
      { kind: 'other', text: expect.stringContaining('"field": 1') },
    ]);
  });
});

describe('numbers', () => {
  it('are short and keep their meaning', () => {
    expect([4_000, 192_000, 7_500_000, 270_000_000].map(duration)).toEqual([
      '4s',
      '3m 12s',
      '2h 05m',
      '3d 3h',
    ]);
    expect([0, 0.0123, 1.5].map(money)).toEqual(['$0.00', '$0.0123', '$1.50']);
    expect([999, 70_100, 2_500_000].map(count)).toEqual(['999', '70.1k', '2.5M']);
  });
});
