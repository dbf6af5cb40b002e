import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placeOfNul, wellFormed } from '../../../src/text/well-formed.ts';

const isWellFormed = (value: string) => Buffer.from(value).toString() === value;

/** Texts with halves of characters, and texts that only look like their escapes. */
const text = fc
  .array(fc.constantFrom(...['a', '\ud83d', '\udc00', '😀', '\\', '\\ud83d', 'ud83d', '"', '\n']))
  .map((list) => list.join(''));

it('a value without halves of characters stays the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
      expect(wellFormed(value)).toBe(value);
    }),
  );
});

it('every half becomes U+FFFD as when the text is written, and nothing else changes', () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      const written = (value: string) => Buffer.from(value).toString();
      const list = { [one]: [one, { other }] };
      const result = wellFormed(list);
      expect(result).toEqual({ [written(one)]: [written(one), { other: written(other) }] });
      expect(isWellFormed(wellFormed(one))).toBe(true);
    }),
  );
});

it('what is no JSON stays', () => {
  expect(wellFormed(undefined)).toBeUndefined();
});

it.each([
  ['a\0', []],
  [{ a: [1, { b: '\0' }] }, ['a', '1', 'b']],
  [{ a: { 'x\0': 1 } }, ['a', 'x\0']],
  [{ a: '0', b: null, c: [true] }, undefined],
])('the first NUL of %j is at %j', (value, place) => {
  expect(placeOfNul(value)).toEqual(place);
});
