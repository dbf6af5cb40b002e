import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hiddenCharacter } from '../../../src/stream-json/hidden-characters.ts';
import { parseObject, visible } from '../../../src/stream-json/message.ts';

describe('a line of JSON', () => {
  it('is parsed into its object', () => {
    expect(parseObject('{"a":[1]}\r')).toEqual({ a: [1] });
  });

  it.each(['', '[]', 'null', '7', '"text"', '{', '{"a":1} trailing'])(
    'is not an object: %j',
    (text) => {
      expect(parseObject(text)).toBeUndefined();
    },
  );
});

describe('a visible text', () => {
  it('keeps readable characters and shows the numbers of all others', () => {
    expect(visible('größer 🦀 \u001b[2J\u202e\n')).toBe('größer 🦀 \\u001b[2J\\u202e\\u000a');
  });

  it.each([
    ['a soft hyphen', '\u00ad', '\\u00ad'],
    ['an odd space', '\u00a0', '\\u00a0'],
    ['a filler', '\u3164', '\\u3164'],
    ['a tag', '\u{e0041}', '\\u{e0041}'],
    ['half a character', '\ud83e', '\\ud83e'],
  ])('shows %s by its number', (_, character, shown) => {
    expect(visible(`a${character}b`)).toBe(`a${shown}b`);
  });

  it('has no hidden character, for any input', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(hiddenCharacter);
      }),
    );
  });
});
