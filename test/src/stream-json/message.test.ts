import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseObject, visible } from '../../../src/stream-json/message.ts';

describe('a line of JSON', () => {
  it('gives its object', () => {
    expect(parseObject('{"a":[1]}\r')).toEqual({ a: [1] });
  });

  it.each(['', '[]', 'null', '7', '"text"', '{', '{"a":1} trailing'])('is none: %j', (text) => {
    expect(parseObject(text)).toBeUndefined();
  });
});

describe('text that is made visible', () => {
  it('keeps what can be read, and shows what cannot', () => {
    expect(visible('größer 🦀 \u001b[2J\u202e\n')).toBe('größer 🦀 \\u001b[2J\\u202e\\u000a');
  });

  it('holds no character that a terminal obeys, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u);
      }),
    );
  });
});
