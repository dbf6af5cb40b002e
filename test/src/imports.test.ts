import { readdir, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocks, marked } from '../docs/documents.ts';

/**
 * The law of imports, as docs/architecture.md lists it from the top: a file imports only from layers
 * below its own, or from its own folder. A layer is files and folders of `src/`, or `machines`.
 */
const layers = layersOf('layers');

/** The folders of `web/` are layers as well, under the same law. */
const pageLayers = layersOf('page-layers');

function layersOf(name: string): string[][] {
  const [block = ''] = blocks(marked('docs/architecture.md', name), 'text');
  const lines = block.trim().split('\n');
  return lines.map((line) => line.split(' ')).toReversed();
}

/** What stands beside the layers: it sees `errors` and `text` only, and only `main` sees it. */
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
const pageArrows = (await arrowsOf('web')).filter(({ from }) => !from.endsWith('.config.ts'));
const insidePage = pageArrows.filter(({ to }) => to.startsWith('web/'));

/** The folder of a file of the page: `state` for `web/state/store.ts`, `main` for `web/main.tsx`. */
const pagePartOf = (path: string): string => /^web\/([^/.]+)/.exec(path)?.[1] ?? path;

/** Every way from a name along the arrows back to itself. */
function circlesIn(arrows: Arrow[]): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (name: string, path: string[]) => {
    if (path.includes(name)) circles.push([...path.slice(path.indexOf(name)), name].join(' → '));
    if (done.has(name) || path.includes(name)) return;
    for (const { from, to } of arrows) if (from === name) walk(to, [...path, name]);
    done.add(name);
  };
  for (const { from } of arrows) walk(from, []);
  return circles;
}

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

  it('of the practice API are of errors and texts alone, and only main imports it', () => {
    const wrong = inside.filter(({ from, to }) => {
      const [part, other] = [partOf(from), partOf(to)];
      if (part === practice) return ![practice, 'errors', 'text'].includes(other);
      return other === practice && part !== 'main';
    });
    expect(wrong.map(text)).toEqual([]);
  });

  it('of the page are of its own files, of what draws it, of the hidden characters, and of the contract as types', async () => {
    const drawn = /^(preact|@preact\/signals)(\/|$)/;
    const shared = 'src/stream-json/hidden-characters.ts';
    const wrong = pageArrows.filter(
      ({ to }) => !to.startsWith('web/') && !drawn.test(to) && to !== shared,
    );
    expect(new Set(wrong.map(({ to }) => to))).toEqual(new Set(['src/projection/contract.ts']));
    for (const { from } of wrong) {
      const rest = (await readFile(from, 'utf8')).replaceAll(/^import type [^;]*;/gm, '');
      expect(rest, from).not.toContain('projection/contract');
    }
  });

  it('of execa stand only where the server starts claude, git or mkfifo', () => {
    const files = arrows.filter(({ to }) => to === 'execa').map(({ from }) => from);
    expect(files.sort()).toEqual([
      ...['src/claude/ask-model.ts', 'src/claude/launch.ts', 'src/claude/version.ts'],
      ...['src/files/fifo.ts', 'src/standby/git-state.ts'],
    ]);
  });

  it('of execa take no signal of the server: with its handler, a full file would end the server', async () => {
    const files = arrows.filter(({ to }) => to === 'execa').map(({ from }) => from);
    for (const file of files) {
      const text = await readFile(file, 'utf8');
      const calls = text.match(/\bexeca\(/g) ?? [];
      expect([file, text.match(/cleanup: false/g)]).toEqual([
        file,
        calls.map(() => 'cleanup: false'),
      ]);
    }
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
    expect(circlesIn([...inside, ...insidePage])).toEqual([]);
  });

  it('of the page go down its own layers, never up or across', () => {
    const level = (path: string) =>
      pageLayers.findIndex((layer) => layer.includes(pagePartOf(path)));
    expect(insidePage.filter(({ from, to }) => level(from) < 0 || level(to) < 0)).toEqual([]);
    const wrong = insidePage.filter(
      ({ from, to }) => pagePartOf(from) !== pagePartOf(to) && level(to) >= level(from),
    );
    expect(insidePage.length).toBeGreaterThan(50);
    expect(wrong.map(text)).toEqual([]);
  });

  it('lead in no circle from folder to folder, in src or in the page', () => {
    const parts = (arrows: Arrow[], part: (path: string) => string) =>
      arrows
        .map(({ from, to }) => ({ from: part(from), to: part(to) }))
        .filter(({ from, to }) => from !== to);
    expect(circlesIn(parts(inside, partOf))).toEqual([]);
    expect(circlesIn(parts(insidePage, pagePartOf))).toEqual([]);
    expect(
      circlesIn([
        { from: 'a', to: 'b' },
        { from: 'b', to: 'a' },
      ]),
    ).toEqual(['a → b → a']);
  });

  it("of the page's server are of the two commands that serve it; all others read the model", () => {
    const importersOf = (room: string) =>
      inside.filter(({ to }) => partOf(to) === room).map(({ from }) => from);
    const outside = importersOf('page').filter((from) => partOf(from) !== 'page');
    expect([...new Set(outside)].sort()).toEqual(['src/cli/serve.ts', 'src/cli/view.ts']);
    const readers = importersOf('projection').map(partOf);
    expect(readers).toEqual(expect.arrayContaining(['cli', 'page', 'export', 'charts']));
  });
});
