import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { expect, it } from 'vitest';
import { blocks, marked } from './documents.ts';

/** The layers as docs/architecture.md lists them, from the top: `src/` files and folders, and `machines`. */
const [block = ''] = blocks(marked('docs/architecture.md', 'layers'), 'text');
const layers = block
  .trim()
  .split('\n')
  .map((line) => line.split(' '));
const depthOf = (part: string) => layers.findIndex((layer) => layer.includes(part));

/** The part of the project that a file belongs to: `claude` for `src/claude/tail.ts`. */
function partOf(path: string): string {
  const [root = '', name = ''] = path.split(sep);
  return root === 'src' ? name.replace(/\.ts$/, '') : root;
}

interface Arrow {
  file: string;
  from: string;
  /** A part of the project, or the name of a package. */
  to: string;
  isLocal: boolean;
}

function arrowsFrom(file: string): Arrow[] {
  const imports = readFileSync(file, 'utf8').matchAll(/\bfrom '([^']+)'|\bimport\('([^']+)'\)/g);
  return Array.from(imports, ([, fixed, dynamic]) => {
    const target = fixed ?? dynamic ?? '';
    const isLocal = target.startsWith('.');
    const to = isLocal ? partOf(normalize(join(dirname(file), target))) : target;
    return { file, from: partOf(file), to, isLocal };
  });
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));

const arrows = [...filesOf('src'), ...filesOf('machines')].flatMap(arrowsFrom);
const outward = arrows.filter(({ from, to, isLocal }) => isLocal && from !== to);

it('every part of the source stands in one layer of docs/architecture.md', () => {
  const parts = new Set([...filesOf('src'), ...filesOf('machines')].map(partOf));
  parts.delete('practice');
  expect(layers.flat().toSorted()).toEqual([...parts].toSorted());
});

it('every import goes to a lower layer', () => {
  const known = outward.filter(({ to }) => depthOf(to) !== -1 || to === 'practice');
  expect(known.length).toBeGreaterThan(50);
  const wrong = outward
    .filter(({ from, to }) => from !== 'practice' && to !== 'practice' && to !== 'package.json')
    .filter(({ from, to }) => depthOf(to) <= depthOf(from));
  expect(wrong).toEqual([]);
});

it('the machines import xstate and nothing else', () => {
  const found = arrows.filter(({ from }) => from === 'machines').map(({ to }) => to);
  expect(new Set(found)).toEqual(new Set(['xstate']));
});

it('the practice API imports nothing of the server, and only the command imports it', () => {
  expect(outward.filter(({ from }) => from === 'practice')).toEqual([]);
  const users = outward.filter(({ to }) => to === 'practice').map(({ from }) => from);
  expect(new Set(users)).toEqual(new Set(['main']));
});

it('one file imports execa', () => {
  const users = arrows.filter(({ to }) => to === 'execa').map(({ file }) => file);
  expect(users).toEqual([join('src', 'claude', 'launch.ts')]);
});
