import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromHome, givenPath, wholePath } from '../../../src/config/given-path.ts';

it('~ at the beginning of a path is the home folder, and nothing else of it changes', () => {
  const name = fc.stringMatching(/^[a-z~ ][a-z~. -]{0,8}$/);
  fc.assert(
    fc.property(fc.array(name, { maxLength: 4 }), (names) => {
      const below = ['', ...names].join('/');
      expect(fromHome(`~${below}`)).toBe(`${homedir()}${below}`);
      expect(fromHome(`.${below}`)).toBe(`.${below}`);
      expect(fromHome(`/~${below}`)).toBe(`/~${below}`);
      expect(wholePath('/base', `~${below}`)).toBe(resolve(`${homedir()}${below}`));
    }),
  );
});

it('a path that is accepted names a whole path, never a folder called ~ or $NAME by accident', () => {
  const word = fc.constantFrom(
    '~',
    '~bob',
    '$HOME',
    `\${HOME}`,
    '$1',
    '$',
    'a',
    '/',
    '.',
    '..',
    'b~',
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const text = words.join('');
      if (!givenPath.safeParse(text).success) return;
      const path = wholePath('/base', text);
      expect(isAbsolute(path)).toBe(true);
      expect(path).not.toMatch(/\$\w|\$\{/);
      // "./~" names a folder ~ on purpose.
      if (text.startsWith('~')) expect(path).not.toMatch(/^\/base/);
    }),
  );
});

it.each(['~bob', '~bob/x', '~+', '$HOME', '$HOME/x', `\${HOME}/x`, '/data/$USER/x', 'logs-$1', ''])(
  '%j is refused',
  (text) => {
    expect(givenPath.safeParse(text).success).toBe(false);
  },
);

it.each(['~', '~/', '~/a b', '/~', './~bob', 'a~', 'cost$', '/a/$/b', '..', '日本'])(
  '%j is a path',
  (text) => {
    expect(givenPath.safeParse(text).success).toBe(true);
  },
);

it('a whole path to a folder whose name has a "$" is a path, also where its end is not there yet', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cost $HOME-'));
  try {
    const accepts = (path: string) => givenPath.safeParse(path).success;
    expect([folder, join(folder, 'new', 'logs')].map(accepts)).toEqual([true, true]);
    expect([join(folder, '$new'), `${folder}x`, folder.slice(1)].map(accepts)).toEqual([
      ...[false, false, false],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
