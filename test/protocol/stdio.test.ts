import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../src/fixtures.ts';
import { type RawServer, startRaw } from './raw.ts';

const stage = async () => startRaw(await temporaryFolder(), {});

/** Checks that the server still serves: a valid call gets its result. */
async function expectServing(server: RawServer, id: number): Promise<void> {
  const { structuredContent } = await server.call(id, 'list_workers');
  expect(structuredContent).toEqual({ workers: [] });
}

it('server/discover before initialize gets an unknown-method error, and the server still serves', async () => {
  const server = await stage();
  server.send({ id: 1, method: 'server/discover', params: {} });
  expect(await server.response(1)).toMatchObject({ error: { code: -32601 } });
  expect((await server.initialize()).result.serverInfo.name).toBe('async-worker-manager');
  await expectServing(server, 2);
  expect(await server.close()).toBe(0);
});

it('any other input leaves the server serving, and stdout has responses only', async () => {
  const server = await stage();
  await server.initialize();
  const batch = [1, 2].map((id) => ({ jsonrpc: '2.0', id: `batch ${id}`, method: 'ping' }));
  const lines = [
    ...['garbage', '', '{', '"text"', 'null', '17', '[]', '{}', '\u0000\u001b[31m\ufffd'],
    ...[JSON.stringify(batch), '{"jsonrpc":"1.0","id":90,"method":"ping"}'],
    // A response, a cancellation and a progress without their requests, and an unknown notification.
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
  expect(await server.response(200)).toMatchObject({ error: { code: -32601 } });
  server.send({ id: 201, method: 'tools/call', params: { name: 5 } });
  expect(await server.response(201)).toMatchObject({ error: { code: expect.any(Number) } });
  const asked = new Set(['initialize', 200, 201, ...lines.map((_, index) => 100 + index)]);
  expect(server.lines().filter(({ id }) => !asked.has(id))).toEqual([]);
  expect(await server.close()).toBe(0);
});

it('a line of 8 MB in several pieces gets a short error', async () => {
  const server = await stage();
  await server.initialize();
  const worker_ids = ['x'.repeat(8 * 1024 ** 2)];
  const params = { name: 'wait', arguments: { worker_ids } };
  const line = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  server.write(line.slice(0, 1_000));
  server.write(line.slice(1_000));
  server.write('\n');
  const response = await server.response(1);
  expect(response.result.isError).toBe(true);
  expect(JSON.stringify(response).length).toBeLessThan(500);
  await expectServing(server, 2);
});

it('a line over the limit ends the server like a closed stdin, with the reason on stderr', async () => {
  const project = await temporaryFolder();
  const server = startRaw(project, { AWM_CLAUDE: '/bin/cat', AWM_STATE_DIR: 'state' });
  await server.initialize();
  const spawned = await server.call(1, 'spawn_worker', { description: 'Silent', prompt: 'Hello' });
  const { worker_id } = spawned.structuredContent;
  const folder = join(project, 'state', `worker-${worker_id}`);
  expect(await readdir(folder)).toContain('lease.json');
  server.write('x'.repeat(11 * 1024 ** 2));
  expect(await server.ended()).toBe(0);
  expect(server.stderr()).toContain('exceeded maximum size');
  expect(await readdir(folder)).not.toContain('lease.json');
});

it('a cancelled wait gets no response, and the next wait gets one', async () => {
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
