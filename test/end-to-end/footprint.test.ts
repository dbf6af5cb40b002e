import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bash, scripted, setStage } from './harness.ts';

it('a server that is started, lists its tools and is closed writes no file', async () => {
  const stage = await setStage();
  const list = () =>
    Promise.all([stage.project, stage.home].map((path) => readdir(path, { recursive: true })));
  const before = await list();
  const session = await stage.connect();
  const { tools } = await session.client.listTools();
  expect(tools).toHaveLength(6);
  await session.close();
  expect(await list()).toEqual(before);
  expect(session.stderr()).toBe('');
});

it('only the owner can read the files of a worker', async () => {
  const stage = await setStage();
  // A logs folder of the project keeps its mode, and no file of it is changed.
  await rm(stage.logs, { recursive: true, force: true });
  const session = await stage.connect();
  const prompt = scripted(bash('true'), { text: 'Secret.' });
  const id = await session.spawn(prompt, { output_schema: { type: 'object' }, system: 'Hush.' });
  await session.call('wait', { timeout_seconds: 5 });
  await session.call('stop_worker', { worker_ids: [id] });
  const lists = [stage.state, stage.logs].map((folder) =>
    readdir(folder, { recursive: true, withFileTypes: true }),
  );
  const entries = (await Promise.all(lists)).flat();
  const found = new Map<string, string>();
  for (const { name, parentPath } of entries) {
    const { mode } = await stat(join(parentPath, name));
    found.set(name, (mode & 0o777).toString(8));
  }
  const folder = `worker-${id}`;
  const open = [...found].filter(([name, mode]) => mode !== (name === folder ? '700' : '600'));
  expect(open).toEqual([]);
  expect([...found.keys()]).toEqual(
    expect.arrayContaining([
      ...[folder, `${folder}.json`, '.gitignore'],
      ...['stdin', 'stdout.ndjson', 'stderr.log', 'journal.ndjson', 'lease.json'],
    ]),
  );
  expect(((await stat(stage.logs)).mode & 0o777).toString(8)).toBe('700');
});

it('the server writes only protocol messages to stdout', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const errors: Error[] = [];
  session.client.onerror = (error) => errors.push(error);
  const id = await session.spawn(scripted({ text: 'Done.' }));
  const refused = await session.spawn(scripted({ error: { status: 400 } }));
  await session.call('wait');
  await session.refusal('wait', { worker_ids: 'all' });
  await session.call('list_workers');
  await session.call('stop_worker', { worker_ids: [id, refused] });
  await session.close();
  expect(errors).toEqual([]);
});
