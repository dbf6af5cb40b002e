import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shellWord } from '../../../src/text/shell-word.ts';

it('a shell reads a word back as it was, and an ordinary path has no quotes', () => {
  expect(shellWord('/home/you/shop/logs')).toBe('/home/you/shop/logs');
  expect(shellWord(`it's $HOME`)).toBe(`'it'\\''s $HOME'`);
  const text = fc.array(fc.constantFrom(...`'"\\$\`*[ ~!\n;é日a`), { maxLength: 20 });
  const read = (word: string) => execFileSync('sh', ['-c', `printf %s ${word}`]).toString();
  fc.assert(
    fc.property(text, (parts) => {
      expect(read(shellWord(parts.join('')))).toBe(parts.join(''));
    }),
    { numRuns: 40 },
  );
});
