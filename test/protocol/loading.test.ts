import { spawnSync } from 'node:child_process';
import { cp, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it, vi } from 'vitest';
import { temporaryFolder } from '../src/fixtures.ts';
import { startRaw } from './raw.ts';

/** The file that only calls need. With `NODE_DEBUG`, Node writes the name of each loaded file to stderr. */
const backend = 'parts/backend-';
const loadingShown = { NODE_DEBUG: 'esm' };
const list = { method: 'tools/call', params: { name: 'list_workers', arguments: {} } };

it('a server that only lists its tools loads nothing that only a call needs', async () => {
  const project = await temporaryFolder();
  const listing = startRaw(project, loadingShown);
  await listing.initialize();
  listing.send({ id: 1, method: 'tools/list' });
  expect(await listing.close()).toBe(0);
  expect((await listing.response(1)).result.tools).toHaveLength(6);
  expect(listing.stderr()).not.toContain(backend);

  const calling = startRaw(project, loadingShown);
  await calling.initialize();
  calling.send({ id: 1, ...list });
  expect((await calling.response(1)).result.structuredContent).toEqual({ workers: [] });
  expect(calling.stderr()).toContain(backend);
});

it('a server without arguments does not load the parser of arguments', async () => {
  const parser = 'parts/program-';
  const bare = startRaw(await temporaryFolder(), loadingShown);
  await bare.initialize();
  expect(await bare.close()).toBe(0);
  expect(bare.stderr()).not.toContain(parser);

  const asked = spawnSync(process.execPath, ['dist/main.mjs', '--version'], { env: loadingShown });
  expect(asked.stderr.toString()).toContain(parser);
});

it('a server whose client stays loads everything before the first call', async () => {
  const server = startRaw(await temporaryFolder(), loadingShown);
  await server.initialize();
  server.send({ id: 1, method: 'tools/list' });
  await vi.waitFor(() => expect(server.stderr()).toContain(backend), { timeout: 20_000 });
  expect(await server.close()).toBe(0);
});

it('several calls before anything is loaded all get a result', async () => {
  const server = startRaw(await temporaryFolder(), {});
  await server.initialize();
  const ids = [1, 2, 3, 4];
  for (const id of ids) server.send({ id, ...list });
  const responses = await Promise.all(ids.map((id) => server.response(id)));
  for (const { result } of responses) expect(result.structuredContent).toEqual({ workers: [] });
});

it('a call that is cancelled during loading gets no response', async () => {
  const server = startRaw(await temporaryFolder(), {});
  await server.initialize();
  server.send({ id: 1, method: 'tools/call', params: { name: 'wait', arguments: {} } });
  server.send({ method: 'notifications/cancelled', params: { requestId: 1 } });
  await server.call(2, 'list_workers');
  expect(server.lines().map(({ id }) => id)).toEqual(['initialize', 2]);
  expect(server.stderr()).toBe('');
});

it.each(['stdin', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'a server that %s ends during the loading for its first call exits with 0 and writes nothing',
  async (way) => {
    const project = await temporaryFolder();
    const server = startRaw(project, loadingShown);
    await server.initialize();
    server.send({ id: 1, ...list });
    await vi.waitFor(() => expect(server.stderr()).toContain(backend), {
      ...{ timeout: 20_000, interval: 1 },
    });
    if (way !== 'stdin') server.signal(way);
    expect(await (way === 'stdin' ? server.close() : server.ended())).toBe(0);
    expect(await readdir(project)).toEqual([]);
  },
);

it('a server whose files are removed before its first call says so, and exits with 0', async () => {
  const folder = await temporaryFolder();
  await cp(resolve('dist'), join(folder, 'dist'), { recursive: true });
  const server = startRaw(folder, {}, join(folder, 'dist', 'main.mjs'));
  await server.initialize();
  await rm(join(folder, 'dist', 'parts'), { recursive: true });
  server.send({ id: 1, ...list });
  const { error } = await server.response(1);
  expect(error.message).toContain('was changed or removed after its start; connect it anew');
  expect(await server.close()).toBe(0);
});
