import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { membersOf } from '../end-to-end/processes.ts';
import { scripted } from '../src/stage.ts';
import { asking, endless, setFaultyStage } from './faults.ts';

it('a full disk ends only the worker whose journal cannot be written', async () => {
  const stage = await setFaultyStage();
  const session = await stage.open();
  const [id, other] = [await session.spawn(asking), await session.spawn(endless)];
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  await stage.journaled(other, 'TURN_OPENED');
  const pid = await stage.pid(id);
  await stage.force({ [`worker-${id}/journal`]: 'ENOSPC' });
  const sentence = await session.refusal('approve_permission', { request_id, allow: true });
  expect(sentence).toMatch(/^The journal of worker .* cannot be written, .* ENOSPC/);
  const { failed, completed } = await session.call('wait', { worker_ids: [id] });
  expect(completed).toEqual([]);
  expect(failed).toMatchObject([{ worker_id: id, reason: 'crashed' }]);
  expect(failed[0].error_hint).toContain('ENOSPC');
  await expect.poll(() => membersOf(pid)).toEqual([]);

  await stage.force({});
  const { workers } = await session.call('list_workers', { status: 'running' });
  expect(workers).toMatchObject([{ worker_id: other }]);
  const next = await session.spawn('Hello.');
  expect((await session.call('wait', { worker_ids: [next] })).completed).toHaveLength(1);
});

it('an answer that cannot be recorded is not sent to claude', async () => {
  const stage = await setFaultyStage();
  const session = await stage.open();
  const id = await session.spawn(asking);
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  await stage.force({ [`worker-${id}/journal`]: 'EIO' });
  await session.refusal('approve_permission', { request_id, allow: true });
  await session.call('wait');
  const stdout = await readFile(join(stage.state, `worker-${id}`, 'stdout.ndjson'), 'utf8');
  expect(stdout).toContain('can_use_tool');
  expect(stdout).not.toContain('"behavior":"allow"');
  const events = (await stage.journal(id)).map(({ event }) => event.type);
  expect(events).not.toContain('ANSWER_PERMISSION');
});

it.each(['ENOSPC', 'EACCES', 'EROFS'])(
  'when %s prevents the record of a new worker, no worker starts and the caller gets the reason',
  async (code) => {
    const stage = await setFaultyStage();
    const session = await stage.open();
    const earlier = await session.spawn(endless);
    await stage.journaled(earlier, 'TURN_OPENED');
    await stage.force({ [stage.logs]: code });
    const args = { description: 'Nowhere', prompt: 'Hello.' };
    const sentence = await session.refusal('spawn_worker', args);
    expect(sentence).toContain(code);
    expect(sentence).toContain('AWM_LOGS_DIR');
    await stage.force({});
    const { workers } = await session.call('list_workers', {});
    expect(workers).toMatchObject([{ worker_id: earlier, state: 'running' }]);
  },
);

it('a history file that cannot be written makes a warning, and is written after the next turn', async () => {
  const stage = await setFaultyStage();
  const session = await stage.open();
  const id = await session.spawn(asking);
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  await stage.force({ '.tmp': 'ENOSPC' });
  await session.call('approve_permission', { request_id, allow: true });
  const { completed } = await session.call('wait');
  expect(completed).toMatchObject([{ worker_id: id }]);
  expect(completed[0].warning).toMatch(/^The history file could not be written: ENOSPC/);
  await stage.force({});
  await session.call('resume_worker', { worker_id: id, prompt: 'Once more.' });
  const [again] = (await session.call('wait')).completed;
  expect(again).not.toHaveProperty('warning');
  const { turns } = await stage.history(id);
  expect(turns.map(({ status }: { status: string }) => status)).toEqual(['completed', 'completed']);
});

it('a removed logs folder is made again for the history of a worker', async () => {
  const stage = await setFaultyStage();
  const session = await stage.open();
  const id = await session.spawn(asking);
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  await rm(stage.logs, { recursive: true });
  await session.call('approve_permission', { request_id, allow: true });
  const { completed } = await session.call('wait');
  expect(completed).toMatchObject([{ worker_id: id }]);
  expect(completed[0]).not.toHaveProperty('warning');
  expect((await stage.history(id)).status).toBe('completed');
  expect(await readFile(join(stage.logs, '.gitignore'), 'utf8')).toBe('*\n');
});

it('a removed state folder fails its workers with the reason, and the next worker gets a new folder', async () => {
  const stage = await setFaultyStage();
  const session = await stage.open();
  const id = await session.spawn(asking);
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  const pid = await stage.pid(id);
  await rm(stage.state, { recursive: true });
  await session.refusal('approve_permission', { request_id, allow: true });
  const { failed } = await session.call('wait');
  expect(failed).toMatchObject([{ worker_id: id }]);
  expect(failed[0].error_hint).toContain('another program removed journal.ndjson');
  await expect.poll(() => membersOf(pid)).toEqual([]);
  const next = await session.spawn(scripted({ say: 'Here again.' }));
  expect((await session.call('wait')).completed).toMatchObject([{ worker_id: next }]);
  expect((await stage.history(next)).result).toBe('Here again.');
});

it('a removed FIFO fails only its own worker, with the reason', async () => {
  const stage = await setFaultyStage();
  const session = await stage.open();
  const ids = [await session.spawn(asking), await session.spawn(asking)];
  for (const id of ids) await stage.journaled(id, 'PERMISSION_ASKED');
  const { pending_permissions } = await session.call('wait');
  await rm(join(stage.state, `worker-${ids[0]}`, 'stdin'));
  for (const { request_id } of pending_permissions) {
    await session.call('approve_permission', { request_id, allow: true });
  }
  const { completed, failed } = await session.call('wait');
  expect(completed).toMatchObject([{ worker_id: ids[1] }]);
  expect(failed).toMatchObject([{ worker_id: ids[0], reason: 'crashed' }]);
  expect(failed[0].error_hint).toMatch(/^Its stdin is lost: ENOENT/);
});

it('a state folder without hard links refuses the first spawn in one sentence, and nothing starts', async () => {
  const stage = await setFaultyStage();
  const session = await stage.open();
  await stage.force({ '/probe-link': 'EPERM' });
  const args = { description: 'Nowhere', prompt: 'Hello.' };
  const sentence = await session.refusal('spawn_worker', args);
  expect(sentence).toMatch(/^The state folder .* cannot be used: its file system gives it no /);
  expect(sentence).toContain('AWM_STATE_DIR');
  expect(sentence).not.toContain('\n');
  expect(
    (await stage.files(stage.state)).filter((name) => /^(worker|\.probe)-/.test(name)),
  ).toEqual([]);
  await stage.force({});
  await session.spawn('Hello.');
  expect((await session.call('wait')).completed).toHaveLength(1);
});
