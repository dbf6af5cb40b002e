import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { marked, textOf } from './documents.ts';

const rows = marked('docs/page-security.md', 'rules').match(/^\| \d.*$/gm) ?? [];

it('every rule of the page names tests that there are', () => {
  const files = ['test/src/page', 'test/src/projection', 'test/browser'].flatMap((folder) =>
    readdirSync(folder).map((name) => join(folder, name)),
  );
  const tests = [...files, 'test/end-to-end/page.test.ts'].map(textOf).join('\n');
  const named = rows.map((row) => row.split(' | ')[1] ?? '');
  const names = named.map((cell) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name));
  expect(names.map((list) => list.length > 0)).toEqual([...Array(11).fill(true), false]);
  expect(names.flat().filter((name) => !tests.includes(`'${name}'`))).toEqual([]);
});
