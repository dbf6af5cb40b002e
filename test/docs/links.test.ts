import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { documents, textOf, withoutBlocks } from './documents.ts';

const targetsIn = (path: string): string[] =>
  Array.from(textOf(path).matchAll(/\]\(([^)]+)\)/g), ([, target = '']) => target);

/** Returns the GitHub anchors of a document's headings. */
function anchorsOf(path: string): string[] {
  return Array.from(withoutBlocks(textOf(path)).matchAll(/^#+ (.+)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it.each(documents)('every relative link in %s leads to something that is there', (path) => {
  const broken = targetsIn(path)
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const found = file === '' ? path : join(dirname(path), file);
      return !existsSync(found) || (anchor && !anchorsOf(found).includes(anchor));
    });
  expect(broken).toEqual([]);
});

it.each(documents)('every heading of %s has an anchor of its own', (path) => {
  const anchors = anchorsOf(path);
  expect(anchors.length).toBeGreaterThan(1);
  expect(anchors).toEqual([...new Set(anchors)]);
});

it.each(documents)('every npm script that %s names exists', (path) => {
  const named = Array.from(textOf(path).matchAll(/npm run ([\w:-]+)/g), ([, name = '']) => name);
  expect(named.filter((name) => !(name in packageJson.scripts))).toEqual([]);
});

it('the README links to every document', () => {
  const targets = targetsIn('README.md').map((target) => target.split('#')[0]);
  const others = documents.filter((path) => path !== 'README.md');
  expect(others.filter((path) => !targets.includes(path))).toEqual([]);
});
