import { readdir, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocks, marked } from '../docs/documents.ts';

/**
 * The law of imports, as docs/architecture.md lists it from the top: a file imports only from layers
 * below its own, or from its own folder. A layer is files and folders of `src/`, or `machines`.
 */
const [block = ''] = blocks(marked('docs/architecture.md', 'layers'), 'text');
const layers = block
  .trim()
  .split('\n')
  .map((line) => line.split(' '))
  .toReversed();

/** What stands beside the layers: it sees `errors` only, and only `main` sees it. */
const practice = 'practice';

interface Arrow {
  from: string;
  to: string;
}

/** Every import of a file of the project, type imports included. */
async function arrowsOf(folder: string): Promise<Arrow[]> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => /\.tsx?$/.test(name)).map((name) => join(folder, name));
  const arrows = await Promise.all(
    files.map(async (from) =>
      specifiersIn(await readFile(from, 'utf8')).map((specifier) => ({
        from,
        to: specifier.startsWith('.') ? normalize(join(dirname(from), specifier)) : specifier,
      })),
    ),
  );
  return arrows.flat();
}

function specifiersIn(text: string): string[] {
  const code = text.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\/\/.*$/gm, '');
  const statement = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"](.+?)['"]/gm;
  const sideEffect = /^\s*import\s*['"](.+?)['"]/gm;
  const expression = /\bimport\(\s*['"](.+?)['"]/g;
  return [statement, sideEffect, expression].flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, specifier = '']) => specifier),
  );
}

/** The part of the project that a path belongs to: `store` for `src/leases/lease.ts`. */
function partOf(path: string): string {
  if (path.startsWith('machines/')) return 'machines';
  return /^src\/([^/]+?)(\.ts|\/.*)$/.exec(path)?.[1] ?? path;
}

const levelOf = (part: string) => layers.findIndex((layer) => layer.includes(part));
const isOwn = ({ to }: Arrow) => to.startsWith('src/') || to.startsWith('machines/');
const text = ({ from, to }: Arrow) => `${from} → ${to}`;

const arrows = [...(await arrowsOf('src')), ...(await arrowsOf('machines'))];
const inside = arrows.filter(isOwn);

describe('the imports', () => {
  it('are found, also of types, of side effects and of modules that are loaded later', () => {
    const code = `
      import type { A } from './a.ts';
      import { type B,
        c } from "./b.ts";
      import './c.ts';
      export { d } from './d.ts';
      const e = await import('./e.ts');
      type F = import('./f.ts').F;
      // import './not.ts'; /* */
    `;
    expect(specifiersIn(code).toSorted()).toEqual([
      './a.ts',
      './b.ts',
      './c.ts',
      './d.ts',
      './e.ts',
      './f.ts',
    ]);
    expect(inside.length).toBeGreaterThan(100);
  });

  it('of the machines are of xstate alone, so that other tools can open them', () => {
    const foreign = arrows.filter(
      ({ from, to }) => from.startsWith('machines/') && to !== 'xstate',
    );
    expect(foreign.map(text)).toEqual([]);
  });

  it('are of files that have a place in the layers', () => {
    const parts = inside.flatMap(({ from, to }) => [partOf(from), partOf(to)]);
    const unplaced = parts.filter((part) => part !== practice && levelOf(part) === -1);
    expect([...new Set(unplaced)]).toEqual([]);
  });

  it('go down the layers, never up or across', () => {
    const wrong = inside.filter(({ from, to }) => {
      const [part, other] = [partOf(from), partOf(to)];
      const isOutside = part === other || part === practice || other === practice;
      return !isOutside && levelOf(other) >= levelOf(part);
    });
    expect(wrong.map(text)).toEqual([]);
  });

  it('of the practice API are of errors alone, and only main imports it', () => {
    const wrong = inside.filter(({ from, to }) => {
      const [part, other] = [partOf(from), partOf(to)];
      if (part === practice) return other !== practice && other !== 'errors';
      return other === practice && part !== 'main';
    });
    expect(wrong.map(text)).toEqual([]);
  });

  it('of the page are of its own files, of what draws it, of the hidden characters, and of the contract as types', async () => {
    const page = (await arrowsOf('web')).filter(({ from }) => !from.endsWith('.config.ts'));
    const drawn = /^(preact|@preact\/signals)(\/|$)/;
    const shared = 'src/stream-json/hidden-characters.ts';
    const wrong = page.filter(
      ({ to }) => !to.startsWith('web/') && !drawn.test(to) && to !== shared,
    );
    expect(new Set(wrong.map(({ to }) => to))).toEqual(new Set(['src/projection/contract.ts']));
    for (const { from } of wrong) {
      const rest = (await readFile(from, 'utf8')).replaceAll(/^import type [^;]*;/gm, '');
      expect(rest, from).not.toContain('projection/contract');
    }
  });

  it('of execa stand in one place, where processes are launched', () => {
    const files = arrows.filter(({ to }) => to === 'execa').map(({ from }) => from);
    expect(files).toEqual(['src/claude/launch.ts']);
  });

  it('are of the project, of Node and of what the product depends on', async () => {
    const { dependencies } = JSON.parse(await readFile('package.json', 'utf8'));
    const known = [...Object.keys(dependencies), 'package.json'];
    const foreign = arrows.filter(({ to }) => {
      if (to.startsWith('node:')) return !builtinModules.includes(to.slice('node:'.length));
      return (
        !isOwn({ from: '', to }) && !known.some((name) => to === name || to.startsWith(`${name}/`))
      );
    });
    expect(foreign.map(text)).toEqual([]);
  });

  it('never lead out of what is shipped', () => {
    const left = arrows.filter(({ to }) => /^(\.\.|test|demo|bench|scripts|web)\//.test(to));
    expect(left.map(text)).toEqual([]);
  });

  it('never lead back to where they began', () => {
    const targets = (file: string) => inside.filter(({ from }) => from === file);
    const cycles: string[] = [];
    const done = new Set<string>();
    const walk = (file: string, path: string[]) => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file) || path.includes(file)) return;
      for (const { to } of targets(file)) walk(to, [...path, file]);
      done.add(file);
    };
    for (const { from } of inside) walk(from, []);
    expect(cycles).toEqual([]);
  });
});
