import { cp, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it, vi } from 'vitest';
import { temporaryFolder } from '../src/fixtures.ts';
import { startRaw } from './raw.ts';

/** What all calls need and nothing else does, as Node tells on stderr of what it loads. */
const backend = 'parts/backend-';
const telling = { NODE_DEBUG: 'esm' };
const list = { method: 'tools/call', params: { name: 'list_workers', arguments: {} } };

it('a server that is asked for its tools and closed loads nothing that only a call needs', async () => {
  const project = await temporaryFolder();
  const looked = startRaw(project, telling);
  await looked.initialize();
  looked.send({ id: 1, method: 'tools/list' });
  expect(await looked.close()).toBe(0);
  expect((await looked.answer(1)).result.tools).toHaveLength(6);
  expect(looked.stderr()).not.toContain(backend);

  const called = startRaw(project, telling);
  await called.initialize();
  called.send({ id: 1, ...list });
  expect((await called.answer(1)).result.structuredContent).toEqual({ workers: [] });
  expect(called.stderr()).toContain(backend);
});

it('a server whose client stays has the rest loaded before the first call', async () => {
  const server = startRaw(await temporaryFolder(), telling);
  await server.initialize();
  server.send({ id: 1, method: 'tools/list' });
  await vi.waitFor(() => expect(server.stderr()).toContain(backend), { timeout: 20_000 });
  expect(await server.close()).toBe(0);
});

it('calls that come all at once before anything is loaded are all answered', async () => {
  const server = startRaw(await temporaryFolder(), {});
  await server.initialize();
  const ids = [1, 2, 3, 4];
  for (const id of ids) server.send({ id, ...list });
  const answers = await Promise.all(ids.map((id) => server.answer(id)));
  for (const { result } of answers) expect(result.structuredContent).toEqual({ workers: [] });
});

it('a call that is given up while its answer is being loaded gets none', async () => {
  const server = startRaw(await temporaryFolder(), {});
  await server.initialize();
  server.send({ id: 1, method: 'tools/call', params: { name: 'wait', arguments: {} } });
  server.send({ method: 'notifications/cancelled', params: { requestId: 1 } });
  await server.call(2, 'list_workers');
  expect(server.lines().map(({ id }) => id)).toEqual(['initialize', 2]);
  expect(server.stderr()).toBe('');
});

it.each(['stdin', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'a server that is ended by %s while its first call is being loaded ends properly',
  async (way) => {
    const project = await temporaryFolder();
    const server = startRaw(project, telling);
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

it('a server that is replaced before its first call says so, and ends properly', async () => {
  const folder = await temporaryFolder();
  await cp(resolve('dist'), join(folder, 'dist'), { recursive: true });
  const server = startRaw(folder, {}, join(folder, 'dist', 'main.mjs'));
  await server.initialize();
  await rm(join(folder, 'dist', 'parts'), { recursive: true });
  server.send({ id: 1, ...list });
  const { error } = await server.answer(1);
  expect(error.message).toContain('was changed or removed after its start; connect it anew');
  expect(await server.close()).toBe(0);
});
