import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bash, type Session, type Stage, scripted, setStage, untilWritten } from './harness.ts';
import { endServer } from './processes.ts';

const ways: [string, (session: Session) => Promise<void>][] = [
  ['closed', (session) => session.close()],
  ['killed', (session) => endServer(session, 'SIGKILL')],
];

/** Resolves once the worker's stdout matches a pattern, with or without a server that reads it. */
function outputOf(stage: Stage, id: string, pattern: RegExp): Promise<string> {
  return untilWritten(join(stage.state, `worker-${id}`, 'stdout.ndjson'), pattern);
}

it.each(ways)(
  'a worker whose server was %s ends its turn without a server, and the next server delivers it',
  async (_, end) => {
    const stage = await setStage();
    const first = await stage.connect();
    const id = await first.spawn(scripted({ text: 'Done alone.', delay_ms: 1000 }));
    await stage.journaled(id, 'TURN_OPENED');
    await end(first);
    await outputOf(stage, id, /"type":"result"/);
    const before = await stage.journal(id);
    expect(before.map(({ event }) => event.type)).not.toContain('RESULT_SEEN');

    const second = await stage.connect();
    await second.client.listTools();
    // A server that was only started changes nothing.
    expect(await stage.journal(id)).toEqual(before);
    expect(await second.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
    expect(await stage.history(id)).toMatchObject({ status: 'completed', result: 'Done alone.' });
    expect((await second.call('wait')).completed).toEqual([]);
    expect(stage.api.requests).toHaveLength(1);
  },
);

it('a settled worker whose server was killed before any wait is delivered once', async () => {
  const stage = await setStage();
  const first = await stage.connect();
  const id = await first.spawn(scripted({ text: 'Done in time.' }));
  await stage.journaled(id, 'SAVED');
  await endServer(first, 'SIGKILL');
  const second = await stage.connect();
  expect(await second.call('wait')).toMatchObject({ completed: [{ worker_id: id }], failed: [] });
  expect((await second.call('wait')).completed).toEqual([]);
  await endServer(second, 'SIGKILL');
  const third = await stage.connect();
  expect((await third.call('wait')).completed).toEqual([]);
});

it('a worker whose process ended without a server is interrupted, and is resumed in its session', async () => {
  const stage = await setStage();
  const first = await stage.connect();
  const id = await first.spawn(scripted({ text: 'I shall try.', ...bash('touch made') }));
  await stage.journaled(id, 'PERMISSION_ASKED');
  await endServer(first, 'SIGKILL');
  process.kill(await stage.pid(id), 'SIGKILL');
  const second = await stage.connect();
  const { failed } = await second.call('wait');
  expect(failed).toMatchObject([{ worker_id: id, reason: 'interrupted', returncode: null }]);
  const { session_id } = await stage.history(id);
  const prompt = scripted({ text: 'Here again.' });
  await second.call('resume_worker', { worker_id: id, prompt });
  expect(await second.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
  expect(await stage.history(id)).toMatchObject({
    session_id,
    turns: [{ status: 'failed', reason: 'interrupted' }, { result: 'Here again.' }],
  });
  await expect(access(join(stage.project, 'made'))).rejects.toThrow('ENOENT');
});

it('the next server answers a permission request that a worker made without a server', async () => {
  const stage = await setStage();
  const first = await stage.connect();
  const id = await first.spawn(
    scripted({ ...bash('touch made'), delay_ms: 1000 }, { text: 'Made.' }),
  );
  await stage.journaled(id, 'TURN_OPENED');
  await first.close();
  await outputOf(stage, id, /"can_use_tool"/);

  const second = await stage.connect();
  const { pending_permissions } = await second.call('wait');
  expect(pending_permissions).toMatchObject([{ worker_id: id, tool: 'Bash' }]);
  await expect(access(join(stage.project, 'made'))).rejects.toThrow('ENOENT');
  const [{ request_id }] = pending_permissions;
  await second.call('approve_permission', { request_id, allow: true });
  expect(await second.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
  await access(join(stage.project, 'made'));
});

it('the next server answers a request of the previous server under the same id', async () => {
  const stage = await setStage();
  const first = await stage.connect();
  await first.spawn(scripted(bash('touch made'), { text: 'Made.' }));
  const [{ request_id }] = (await first.call('wait')).pending_permissions;
  await endServer(first, 'SIGKILL');
  const second = await stage.connect();
  await second.call('approve_permission', { request_id, allow: true });
  expect(await second.call('wait')).toMatchObject({ failed: [], pending_permissions: [] });
  await access(join(stage.project, 'made'));
});

it('an answer that a server accepted just before its death reaches the worker', async () => {
  const stage = await setStage();
  const first = await stage.connect();
  const id = await first.spawn(scripted(bash('touch made'), { text: 'Made.' }));
  const [{ request_id }] = (await first.call('wait')).pending_permissions;
  await first.call('approve_permission', { request_id, allow: true });
  await endServer(first, 'SIGKILL');
  const second = await stage.connect();
  expect(await second.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
  await access(join(stage.project, 'made'));
  const { turns } = await stage.history(id);
  expect(turns[0].permissions).toMatchObject([{ request_id, decision: 'allow' }]);
});

it('the next server runs queued and starting workers once', async () => {
  const stage = await setStage();
  const args = ['--max-workers', '1'];
  const first = await stage.connect({ args });
  const prompts = ['One.', 'Two.'].map((text) => scripted({ text }));
  const ids: string[] = [];
  for (const prompt of prompts) ids.push(await first.spawn(prompt));
  await endServer(first, 'SIGKILL');
  const second = await stage.connect({ args });
  const { completed, failed } = await second.call('wait');
  expect(failed).toEqual([]);
  expect(completed).toHaveLength(2);
  const histories = await Promise.all(ids.map((id) => stage.history(id)));
  expect(histories.map(({ result }) => result)).toEqual(['One.', 'Two.']);
  expect(stage.api.requests.map(({ prompt }) => prompt)).toEqual(prompts);
});

it('the next server resumes a worker that the previous server delivered, in its living process', async () => {
  const stage = await setStage();
  const args = ['--keep-alive-seconds', '600'];
  const first = await stage.connect({ args });
  const id = await first.spawn(scripted({ text: 'Once.' }));
  await first.call('wait');
  const pid = await stage.pid(id);
  await first.close();
  const second = await stage.connect({ args });
  const prompt = scripted({ text: 'Twice.' });
  await second.call('resume_worker', { worker_id: id, prompt });
  expect(await second.call('wait')).toMatchObject({ completed: [{ worker_id: id }], failed: [] });
  const { turns } = await stage.history(id);
  expect(turns).toMatchObject([{ result: 'Once.' }, { result: 'Twice.' }]);
  expect(await stage.pid(id)).toBe(pid);
});

it('the next server does not deliver again what the previous server delivered', async () => {
  const stage = await setStage();
  const first = await stage.connect();
  const id = await first.spawn(scripted({ text: 'Once.' }));
  await first.call('wait');
  await first.close();
  const second = await stage.connect();
  expect((await second.call('wait')).completed).toEqual([]);
  expect((await second.call('wait', { worker_ids: [id] })).completed).toEqual([]);
});

it('a server does not change a worker of another living server', async () => {
  const stage = await setStage();
  const owner = await stage.connect();
  const id = await owner.spawn(scripted(bash('touch made'), { text: 'Made.' }));
  const [{ request_id }] = (await owner.call('wait')).pending_permissions;
  const other = await stage.connect();
  const nothing = { completed: [], failed: [], pending_permissions: [] };
  expect(await other.call('wait')).toMatchObject(nothing);
  const refusal = `Worker ${id} belongs to another running server (process ${owner.pid})`;
  expect(await other.refusal('stop_worker', { worker_ids: [id] })).toContain(refusal);
  await owner.call('approve_permission', { request_id, allow: true });
  expect(await owner.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
});
