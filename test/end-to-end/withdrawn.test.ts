import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bash, type Session, scripted, setStage } from './harness.ts';

const asking = scripted(bash('touch made'), { text: 'Done.' });

/** Spawns a worker and waits until it requests to run `touch made`. */
async function spawnAsking(session: Session): Promise<{ id: string; request_id: string }> {
  const id = await session.spawn(asking);
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  return { id, request_id };
}

it('a request of a stopped worker can no longer be answered', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const { id, request_id } = await spawnAsking(session);
  await session.call('stop_worker', { worker_ids: [id] });
  expect(await session.refusal('approve_permission', { request_id, allow: true })).toBe(
    `Permission request ${request_id} can no longer be answered: the process of worker ${id} that asked has ended; wait shows how.`,
  );
  expect(await session.call('wait')).toMatchObject({
    failed: [{ worker_id: id, reason: 'stopped' }],
    pending_permissions: [],
  });
  const { turns } = await stage.history(id);
  expect(turns[0].permissions).toMatchObject([{ request_id, decision: 'unanswered' }]);
  await expect(access(join(stage.project, 'made'))).rejects.toThrow('ENOENT');
});

it('a request of a killed worker can no longer be answered', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const { id, request_id } = await spawnAsking(session);
  process.kill(await stage.pid(id), 'SIGKILL');
  await stage.journaled(id, 'SAVED');
  expect(await session.refusal('approve_permission', { request_id, allow: true })).toContain(
    'can no longer be answered',
  );
  expect(await session.call('wait')).toMatchObject({
    failed: [{ worker_id: id, reason: 'killed', returncode: 137 }],
    pending_permissions: [],
  });
  await expect(access(join(stage.project, 'made'))).rejects.toThrow('ENOENT');
});

it('a withdrawn request can no longer be answered', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const { id, request_id } = await spawnAsking(session);
  // Any writer to the worker's stdin can interrupt its turn; claude then withdraws its request.
  const request = { subtype: 'interrupt' };
  const interrupt = { type: 'control_request', request_id: 'test-interrupt', request };
  await writeFile(join(stage.state, `worker-${id}`, 'stdin'), `${JSON.stringify(interrupt)}\n`);
  await stage.journaled(id, 'PERMISSION_WITHDRAWN');
  expect(await session.refusal('approve_permission', { request_id, allow: true })).toBe(
    `Permission request ${request_id} was withdrawn by worker ${id} before it was answered; wait shows the open ones.`,
  );
  const answer = await session.call('wait');
  expect(answer).toMatchObject({ failed: [{ worker_id: id }], pending_permissions: [] });
  const { turns } = await stage.history(id);
  expect(turns[0].permissions).toMatchObject([{ request_id, decision: 'withdrawn' }]);
  await expect(access(join(stage.project, 'made'))).rejects.toThrow('ENOENT');
});
