import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bash, scripted, setStage } from '../end-to-end/harness.ts';
import { section } from './documents.ts';

// Sentences of the documents that no other test stands for.

it('a worker that is killed just after it took its first prompt can be resumed', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted({ delay_ms: 60_000 }));
  await stage.journaled(id, 'PROMPT_ACCEPTED');
  process.kill(await stage.pid(id), 'SIGKILL');
  expect((await session.call('wait')).failed).toMatchObject([{ reason: 'killed' }]);

  const prompt = scripted({ text: 'Here again.' });
  await session.call('resume_worker', { worker_id: id, prompt });
  expect(await session.call('wait')).toMatchObject({ completed: [{ worker_id: id }], failed: [] });
});

it('a budget is for all processes of a worker, and the last answer can exceed it', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const turn = () => scripted({ text: 'Paid.', usage: { output_tokens: 10_000 } });
  const id = await session.spawn(turn(), { max_budget_usd: 0.4 });
  expect((await session.call('wait')).completed).toHaveLength(1);
  await session.call('stop_worker', { worker_ids: [id] });
  await session.call('resume_worker', { worker_id: id, prompt: turn() });
  expect((await session.call('wait')).failed).toMatchObject([
    { reason: 'budget', error_hint: 'Reached maximum budget ($0.4)' },
  ]);
  expect((await stage.history(id)).total_cost_usd).toBeGreaterThan(0.4);
  const spent = stage.api.requests.length;
  await session.call('resume_worker', { worker_id: id, prompt: turn() });
  expect((await session.call('wait')).failed).toMatchObject([{ reason: 'budget' }]);
  expect(stage.api.requests).toHaveLength(spent);
});

it('a running server takes over a worker that another one left when it is named', async () => {
  const stage = await setStage();
  const first = await stage.connect();
  const second = await stage.connect();
  expect((await second.call('list_workers')).workers).toEqual([]);
  const id = await first.spawn(scripted(bash('mkdir made'), { text: 'Made.' }));
  expect((await first.call('wait')).pending_permissions).toHaveLength(1);
  await first.close();

  expect(await second.call('wait')).toMatchObject({ pending_permissions: [] });
  const { pending_permissions } = await second.call('wait', { worker_ids: [id] });
  expect(pending_permissions).toMatchObject([{ worker_id: id, tool: 'Bash' }]);
});

it('the documents name every file of a worker, and nobody else can read them', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const mcp_config = { none: { command: 'false' } };
  const id = await session.spawn(scripted(bash('mkdir made'), { text: 'Made.' }), { mcp_config });
  await session.call('wait');

  const folder = join(stage.state, `worker-${id}`);
  const names = await readdir(folder);
  expect(names.length).toBeGreaterThan(6);
  const modes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).mode));
  expect(new Set(modes.map((mode) => mode & 0o777))).toEqual(new Set([0o600]));
  expect((await stat(folder)).mode & 0o777).toBe(0o700);

  const table = section('docs/files.md', '## Files on disk');
  const isNamed = (name: string) => table.includes(name.replace(/\.\d+$/, '.<n>'));
  expect(names.filter((name) => !isNamed(name))).toEqual([]);
});
