import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { segments } from '../../../web/text/visible.ts';

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
