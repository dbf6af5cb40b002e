import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../src/fixtures.ts';
import { type RawServer, startRaw } from './raw.ts';

const stage = async () => startRaw(await temporaryFolder(), {});

/** Serving goes on: a good call is answered. */
async function expectServing(server: RawServer, id: number): Promise<void> {
  const { structuredContent } = await server.call(id, 'list_workers');
  expect(structuredContent).toEqual({ workers: [] });
}

it('server/discover before initialize is answered as unknown, and serving goes on', async () => {
  const server = await stage();
  server.send({ id: 1, method: 'server/discover', params: {} });
  expect(await server.answer(1)).toMatchObject({ error: { code: -32601 } });
  expect((await server.initialize()).result.serverInfo.name).toBe('async-worker-manager');
  await expectServing(server, 2);
  expect(await server.close()).toBe(0);
});

it('whatever else a client writes, serving goes on and stdout carries answers only', async () => {
  const server = await stage();
  await server.initialize();
  const batch = [1, 2].map((id) => ({ jsonrpc: '2.0', id: `batch ${id}`, method: 'ping' }));
  const lines = [
    ...['garbage', '', '{', '"text"', 'null', '17', '[]', '{}', '\u0000\u001b[31m\ufffd'],
    ...[JSON.stringify(batch), '{"jsonrpc":"1.0","id":90,"method":"ping"}'],
    // An answer to nothing, a cancel of nothing, a progress of nothing, an unknown notification.
    '{"jsonrpc":"2.0","id":91,"result":{}}',
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":92}}',
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":9,"progress":1}}',
    '{"jsonrpc":"2.0","method":"notifications/nobody","params":{}}',
  ];
  for (const [index, line] of lines.entries()) {
    server.write(`${line}\n`);
    await expectServing(server, 100 + index);
  }
  server.send({ id: 200, method: 'workers/unknown' });
  expect(await server.answer(200)).toMatchObject({ error: { code: -32601 } });
  server.send({ id: 201, method: 'tools/call', params: { name: 5 } });
  expect(await server.answer(201)).toMatchObject({ error: { code: expect.any(Number) } });
  const asked = new Set(['initialize', 200, 201, ...lines.map((_, index) => 100 + index)]);
  expect(server.lines().filter(({ id }) => !asked.has(id))).toEqual([]);
  expect(await server.close()).toBe(0);
});

it('a line of 8 MB is answered in a few words, also when it comes in pieces', async () => {
  const server = await stage();
  await server.initialize();
  const worker_ids = ['x'.repeat(8 * 1024 ** 2)];
  const params = { name: 'wait', arguments: { worker_ids } };
  const line = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  server.write(line.slice(0, 1_000));
  server.write(line.slice(1_000));
  server.write('\n');
  const answer = await server.answer(1);
  expect(answer.result.isError).toBe(true);
  expect(JSON.stringify(answer).length).toBeLessThan(500);
  await expectServing(server, 2);
});

it('a line too long to take ends the server as a closed stdin does, and it says why', async () => {
  const project = await temporaryFolder();
  const server = startRaw(project, { AWM_CLAUDE: '/bin/cat' });
  await server.initialize();
  const spawned = await server.call(1, 'spawn_worker', { description: 'Silent', prompt: 'Hello' });
  const { worker_id } = spawned.structuredContent;
  const folder = join(project, 'logs', `worker-${worker_id}`);
  expect(await readdir(folder)).toContain('lease.json');
  server.write('x'.repeat(11 * 1024 ** 2));
  expect(await server.ended()).toBe(0);
  expect(server.stderr()).toContain('exceeded maximum size');
  expect(await readdir(folder)).not.toContain('lease.json');
});

it('a wait that is cancelled gets no answer, and the next one does', async () => {
  const server = startRaw(await temporaryFolder(), { AWM_CLAUDE: '/bin/cat' });
  await server.initialize();
  const spawned = await server.call(1, 'spawn_worker', { description: 'Silent', prompt: 'Hello' });
  const { worker_id } = spawned.structuredContent;
  server.send({ id: 2, method: 'tools/call', params: { name: 'wait', arguments: {} } });
  const cancelled = { requestId: 2, reason: 'Esc' };
  server.send({ method: 'notifications/cancelled', params: cancelled });
  await server.call(3, 'stop_worker', { worker_ids: [worker_id] });
  const { structuredContent } = await server.call(4, 'wait');
  expect(structuredContent.failed).toMatchObject([{ worker_id }]);
  expect(server.lines().map(({ id }) => id)).not.toContain(2);
});
