import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { patienceMs } from '../patience.ts';
import { send, signIn } from '../src/page/page.ts';
import { bash, type Session, scripted, setStage } from './harness.ts';

/** Returns the latest launch file of a server. */
async function launchFile(said: () => string, number = 1): Promise<string> {
  const paths = await vi.waitFor(
    () => {
      const found = Array.from(said().matchAll(/open (\S+launch\.html)/g), ([, path = '']) => path);
      if (found.length < number) throw new Error(`No launch file yet: ${said()}`);
      return found;
    },
    { timeout: 10_000, interval: 20 },
  );
  return paths[number - 1] ?? '';
}

/** Opens the page with a launch file, as a browser does. */
async function enter(file: string) {
  const [, url = ''] = /url=(http[^"]+)"/.exec(await readFile(file, 'utf8')) ?? [];
  return { url, ...(await signIn(url)) };
}

const isGone = (path: string) => expect(access(path)).rejects.toThrow('ENOENT');

it('a human answers a real worker on the page, and the worker gets no secret of the page', async () => {
  const stage = await setStage();
  const session = await stage.connect({ args: ['--view'] });
  const file = await launchFile(session.stderr);
  const page = await enter(file);
  await vi.waitFor(() => isGone(dirname(file)), patienceMs);

  const command = 'touch made; env; cat /proc/$PPID/cmdline';
  const id = await session.spawn(scripted(bash(command), { text: 'Made.' }));
  await stage.journaled(id, 'PERMISSION_ASKED');
  const [worker] = (await page.get('/api/snapshot')).json.workers;
  expect(worker).toMatchObject({ worker_id: id, state: 'awaiting_permission', owner: 'ours' });
  const [{ request_id, input, input_sha256 }] = worker.requests;
  expect(input).toMatchObject({ command });
  const answer = { decision: 'allow', input_sha256 };
  expect((await page.post(`/api/permissions/${request_id}`, answer)).json).toEqual({
    ...{ request_id, worker_id: id, tool: 'Bash', decision: 'allow' },
  });
  const told = await session.call('wait');
  expect(told).toMatchObject({ completed: [{ worker_id: id }] });
  await access(join(stage.project, 'made'));
  const history = await stage.history(id);
  expect(history.turns[0].permissions).toMatchObject([{ decision: 'allow', by: 'page' }]);

  const token = new URL(page.url).searchParams.get('t') ?? '';
  const [, key = ''] = page.authorization.split(' ');
  const known = [JSON.stringify([told, history]), session.stderr(), await textsIn(stage.logs)];
  expect(known.join()).toContain('AWM_WORKER=');
  for (const secret of [token, key, page.base, `127.0.0.1:${page.port}`, file]) {
    expect(known[0]).not.toContain(secret);
    expect(known[2]).not.toContain(secret);
  }
  for (const secret of [token, key, page.base, String(page.port)])
    expect(known[1]).not.toContain(secret);
});

it('the page shows a request of a worker without a server, and an answer adopts the worker', async () => {
  const stage = await setStage();
  const first = await stage.connect();
  const id = await first.spawn(scripted(bash('touch made'), { text: 'Made.' }));
  await stage.journaled(id, 'PERMISSION_ASKED');
  await first.close();
  const before = await stage.journal(id);

  const second = await stage.connect({ args: ['--view'] });
  const page = await enter(await launchFile(second.stderr));
  const [worker] = (await page.get('/api/snapshot')).json.workers;
  expect(worker).toMatchObject({ worker_id: id, owner: 'none', state: 'awaiting_permission' });
  // A server whose page was only read changes nothing.
  expect(await stage.journal(id)).toEqual(before);
  const [{ request_id, input_sha256 }] = worker.requests;
  const answer = { decision: 'allow', input_sha256 };
  expect((await page.post(`/api/permissions/${request_id}`, answer)).status).toBe(200);
  expect(await second.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
  expect((await page.get('/api/snapshot')).json.workers).toMatchObject([{ owner: 'ours' }]);
});

it('a signal creates a new launch file, and the end of the server closes the page', async () => {
  const stage = await setStage();
  const session = await stage.connect({ env: { AWM_VIEW: 'readonly' } });
  const first = await launchFile(session.stderr);
  process.kill(session.pid, 'SIGUSR2');
  const second = await launchFile(session.stderr, 2);
  await isGone(dirname(first));
  const page = await enter(second);
  expect((await page.get('/api/snapshot')).json).toMatchObject({ mode: 'readonly' });
  process.kill(session.pid, 'SIGUSR2');
  const third = await launchFile(session.stderr, 3);
  await endOf(session);
  await isGone(dirname(third));
  await expect(send(page.port, '/')).rejects.toThrow('ECONNREFUSED');
});

it('without the setting the server has no page', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  await session.client.listTools();
  expect(session.stderr()).toBe('');
});

it('the page shows a past run without a server, read-only', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted({ text: 'Done.' }));
  await session.call('wait');
  await session.close();
  const before = await readdir(join(stage.state, `worker-${id}`));

  const child = spawn(
    process.execPath,
    [resolve('dist/main.mjs'), 'view', stage.logs, '--state-dir', stage.state],
    {
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  const page = await enter(await launchFile(() => stdout));
  expect(stdout).not.toContain(String(page.port));
  const { json } = await page.get('/api/snapshot');
  expect(json).toMatchObject({
    ...{ mode: 'recorded', cursor: null, supervisor: null, title: stage.logs },
    workers: [{ worker_id: id, state: 'completed', owner: 'none' }],
  });
  expect((await page.get('/api/charts')).json.worker.svg).toContain('data-state="running"');
  expect((await page.get('/api/events')).status).toBe(404);
  const prompt = 'Go on.';
  expect((await page.post(`/api/workers/${id}/resume`, { prompt })).status).toBe(403);
  expect(await readdir(join(stage.state, `worker-${id}`))).toEqual(before);
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

async function endOf(session: Session): Promise<void> {
  await session.close();
  await vi.waitFor(() => expect(() => process.kill(session.pid, 0)).toThrow('ESRCH'), patienceMs);
}

/** Reads all files of all workers. */
async function textsIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}
