import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Every file of a folder, at any depth. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

const linesOf = async (path: string): Promise<number> =>
  (await readFile(path, 'utf8')).trimEnd().split('\n').length;

it('src has rooms, and no loose file but its entry and its errors', async () => {
  const entries = await readdir('src', { withFileTypes: true });
  const loose = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  expect(loose.sort()).toEqual(['errors.ts', 'main.ts']);
  expect(entries.length - loose.length).toBeLessThanOrEqual(20);
});

it('no file is too long to be read at one go, but the chart of a worker', async () => {
  const files = (await Promise.all(['src', 'web', 'machines'].map(filesOf))).flat();
  const written = files.filter((path) => /\.(tsx?|css|html)$/.test(path));
  const long = await Promise.all(
    written.map(async (path) => ((await linesOf(path)) > 250 ? [path] : [])),
  );
  expect(long.flat()).toEqual(['machines/worker.ts']);
});

it('the README is no longer than a newcomer reads', async () => {
  expect(await linesOf('README.md')).toBeLessThanOrEqual(180);
});

it('every file under test/src has the path of what it tests', async () => {
  const tests = (await filesOf('test/src')).filter((path) => path.endsWith('.test.ts'));
  const sources = new Set(await filesOf('src'));
  const strays = tests
    .map((path) => path.replace(/^test\//, '').replace(/\.test\.ts$/, ''))
    .filter((path) => !sources.has(`${path}.ts`) && !sources.has(`${path}.json`));
  expect(strays).toEqual(['src/imports', 'src/tree']);
});

it('every file under test/web has the path of its file of the page, but the test of the build', async () => {
  const tests = (await filesOf('test/web')).filter((path) => path.endsWith('.test.ts'));
  const sources = new Set(await filesOf('web'));
  const strays = tests
    .map((path) => path.replace(/^test\//, '').replace(/\.test\.ts$/, ''))
    .filter((path) => !sources.has(`${path}.ts`));
  expect(strays).toEqual(['web/size']);
});
