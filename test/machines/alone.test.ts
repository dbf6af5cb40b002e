import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../src/fixtures.ts';
import { charts } from './charts.ts';

it.each(charts)(
  '$source, copied to a folder with xstate only, exports the same machine',
  async (chart) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'node_modules'));
    await symlink(resolve('node_modules/xstate'), join(folder, 'node_modules/xstate'));
    const { code } = await transform(await readFile(chart.source, 'utf8'), { loader: 'ts' });
    const file = join(folder, 'machine.mjs');
    await writeFile(file, code);
    const exported = Object.values(await import(pathToFileURL(file).href));
    const definitions = exported.map((value) => JSON.stringify(definitionOf(value)));
    expect(definitions).toContain(JSON.stringify(chart.machine.definition));
  },
);

const definitionOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'definition' in value
    ? value.definition
    : undefined;
