import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startTimeOf } from '../../src/processes/identity.ts';
import { startRaw } from '../protocol/raw.ts';
import { bash, type Stage, scripted, setStage, untilWritten } from './harness.ts';
import { membersOf } from './processes.ts';
import { startClient } from './support-client.ts';

const hang = scripted({ hang: true });
/** A worker that asks for one permission after the other. */
const asks = scripted(
  ...Array.from({ length: 100 }, (_, index) => ({ ...bash(`touch f${index}`), delay_ms: 100 })),
);

/** Starts the server in a shell, which writes down its exit code. */
const throughShell = ['sh', '-c', '"$@"; echo "code $?" > code', 'sh'];

async function leasesOf(stage: Stage, id: string): Promise<string[]> {
  const names = await readdir(join(stage.state, `worker-${id}`));
  return names.filter((name) => name.startsWith('lease'));
}

it.each([
  { how: 'directly', through: [] },
  { how: 'through a shell', through: throughShell },
])(
  'with on-exit stop, a server started $how leaves no process, no lease and every history when its client is killed in a wait',
  async ({ through }) => {
    const stage = await setStage();
    const args = ['--on-exit', 'stop'];
    const client = await startClient(stage, { args, through, prompts: [hang, hang, hang, asks] });
    for (const id of client.ids) await stage.journaled(id, 'TURN_OPENED');
    const pids = await Promise.all(client.ids.map(stage.pid));
    await stage.journaled(client.ids[3] ?? '', 'ANSWER_PERMISSION');
    process.kill(-(pids[0] ?? 0), 'SIGSTOP');
    onTestFinished(() => {
      for (const pid of pids) killGroup(pid);
    });
    await client.kill();
    const look = async () => (await Promise.all(pids.map(membersOf))).flat();
    await expect.poll(look, { timeout: 20_000 }).toEqual([]);
    for (const id of client.ids) {
      await expect.poll(() => leasesOf(stage, id), { timeout: 10_000 }).toEqual([]);
      expect(await stage.history(id)).toMatchObject({ status: 'failed', reason: 'stopped' });
    }
    if (through.length > 0)
      expect(await untilWritten(join(stage.project, 'code'))).toBe('code 0\n');
  },
  60_000,
);

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone, as it should be.
  }
}

it('with on-exit finish, a server leaves its workers at work and no lease when its client is killed in a wait', async () => {
  const stage = await setStage();
  const slow = scripted({ text: 'Done.', delay_ms: 6_000 });
  const client = await startClient(stage, {
    args: [],
    through: throughShell,
    prompts: [slow, hang],
  });
  const [done = '', busy = ''] = client.ids;
  for (const id of client.ids) await stage.journaled(id, 'TURN_OPENED');
  await client.kill();
  expect(await untilWritten(join(stage.project, 'code'))).toBe('code 0\n');
  for (const id of client.ids) expect(await leasesOf(stage, id)).toEqual([]);
  expect(await membersOf(await stage.pid(busy))).not.toEqual([]);
  const second = await stage.connect();
  const { completed } = await second.call('wait', { worker_ids: [done] });
  expect(completed).toMatchObject([{ worker_id: done }]);
});

/** Starts a server without a client library, with one worker that runs. */
async function startWithWorker(settings: Record<string, string>, prompt: string) {
  const stage = await setStage();
  const server = startRaw(stage.project, { ...stage.environment, ...settings });
  await server.initialize();
  const args = { description: 'A test worker', prompt };
  const { structuredContent } = await server.call(1, 'spawn_worker', args);
  const id: string = structuredContent.worker_id;
  await stage.journaled(id, 'TURN_OPENED');
  const wait = (timeout_seconds: number) =>
    server.send({
      ...{ id: 2, method: 'tools/call' },
      params: { name: 'wait', arguments: { timeout_seconds }, _meta: { progressToken: 'p' } },
    });
  return { stage, server, id, wait };
}

it('a result that cannot be written ends the server, and the next server delivers it', async () => {
  const slow = scripted({ text: 'Done.', delay_ms: 2_000 });
  const { stage, server, id, wait } = await startWithWorker({}, slow);
  wait(60);
  server.breakPipe('stdout');
  expect(await server.ended()).toBe(0);
  expect(server.stderr()).toBe('');
  const types = (await stage.journal(id)).map(({ event }) => event.type);
  expect(types).not.toContain('DELIVERED');
  expect(await leasesOf(stage, id)).toEqual([]);
  const second = await stage.connect();
  expect(await second.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
});

it('a stdout that breaks is the end of the client, also while its stdin stays open', async () => {
  const { stage, server, id, wait } = await startWithWorker({ AWM_ON_EXIT: 'stop' }, hang);
  server.breakPipe('stdout');
  wait(60);
  expect(await server.ended()).toBe(0);
  expect(await membersOf(await stage.pid(id))).toEqual([]);
  expect(await stage.history(id)).toMatchObject({ status: 'failed', reason: 'stopped' });
  expect(await leasesOf(stage, id)).toEqual([]);
});

it('a signal and then the end of all pipes is one end, with time for every history', async () => {
  const { stage, server, id } = await startWithWorker({ AWM_ON_EXIT: 'stop' }, hang);
  server.signal('SIGTERM');
  await stage.journaled(id, 'STOP');
  server.breakPipe('stdout');
  server.breakPipe('stderr');
  expect(await server.close()).toBe(0);
  expect(await stage.history(id)).toMatchObject({ status: 'failed', reason: 'stopped' });
  expect(await leasesOf(stage, id)).toEqual([]);
});

it('a stderr that breaks ends nothing', async () => {
  const { stage, server, id } = await startWithWorker({ AWM_ON_EXIT: 'stop' }, hang);
  server.breakPipe('stderr');
  for (let line = 0; line < 3; line += 1) server.write('no JSON\n');
  expect((await server.call(3, 'list_workers')).structuredContent.workers).toHaveLength(1);
  server.write('no JSON\n');
  expect((await server.call(4, 'list_workers')).structuredContent.workers).toHaveLength(1);
  expect(await startTimeOf(await stage.pid(id))).toBeDefined();
  expect(await server.close()).toBe(0);
});
