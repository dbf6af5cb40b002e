import { expect, it } from 'vitest';
import { bash, type Session, scripted, setStage } from './harness.ts';

const oneSlot = { args: ['--max-workers', '1'] };

async function allowOne(session: Session): Promise<void> {
  const { pending_permissions } = await session.call('wait');
  expect(pending_permissions).toHaveLength(1);
  const [{ request_id }] = pending_permissions;
  await session.call('approve_permission', { request_id, allow: true });
}

const spawnArgs = (prompt: string) => ({ description: 'A queued worker', prompt });

it('with one slot, workers run one after another in the order of their spawns', async () => {
  const stage = await setStage();
  const session = await stage.connect(oneSlot);
  const prompts = [
    scripted(bash('touch first'), { text: 'First.' }),
    scripted({ text: 'Second.' }),
    scripted({ text: 'Third.' }),
  ];
  const answers = [];
  for (const prompt of prompts) {
    answers.push(await session.call('spawn_worker', spawnArgs(prompt)));
  }
  expect(answers).toEqual([
    { worker_id: expect.any(String), status: 'spawning' },
    { worker_id: expect.any(String), status: 'queued', position: 1 },
    { worker_id: expect.any(String), status: 'queued', position: 2 },
  ]);
  const [first, second, third] = answers.map(({ worker_id }) => worker_id);
  await stage.journaled(first, 'PERMISSION_ASKED');
  expect((await session.call('list_workers')).workers).toMatchObject([
    { worker_id: first, state: 'awaiting_permission' },
    { worker_id: second, state: 'spawning.queued' },
    { worker_id: third, state: 'spawning.queued' },
  ]);

  await allowOne(session);
  const { completed } = await session.call('wait');
  expect(completed).toHaveLength(3);
  const asked = stage.api.requests.map(({ prompt }) => prompts.indexOf(prompt ?? ''));
  expect(asked).toEqual([0, 0, 1, 2]);
});

it('a resumed worker waits in the queue too', async () => {
  const stage = await setStage();
  const session = await stage.connect(oneSlot);
  const done = await session.spawn(scripted({ text: 'Once.' }));
  await session.call('wait');
  const holder = await session.spawn(scripted(bash('touch held'), { text: 'Held.' }));
  await stage.journaled(holder, 'PERMISSION_ASKED');
  const prompt = scripted({ text: 'Twice.' });
  expect(await session.call('resume_worker', { worker_id: done, prompt })).toEqual({
    worker_id: done,
    status: 'resumed',
  });
  const { workers } = await session.call('list_workers', { status: 'resumed' });
  expect(workers).toMatchObject([{ worker_id: done }]);

  await allowOne(session);
  await session.call('wait');
  expect(await stage.history(done)).toMatchObject({ result: 'Twice.', status: 'completed' });
  const last = stage.api.requests.at(-1);
  expect(last?.prompt).toBe(prompt);
});

it('a queued worker can be stopped before its first run, and then resumed', async () => {
  const stage = await setStage();
  const session = await stage.connect(oneSlot);
  const holder = await session.spawn(scripted({ hang: true }));
  const queued = await session.spawn(scripted({ text: 'Never said.' }));
  expect(await session.call('stop_worker', { worker_ids: [queued] })).toEqual({
    stopped: [queued],
    already_settled: [],
  });
  const { failed } = await session.call('wait', { worker_ids: [queued] });
  expect(failed).toMatchObject([{ worker_id: queued, reason: 'stopped', returncode: null }]);
  const message = { role: 'user', content: scripted({ text: 'Never said.' }) };
  expect(await stage.history(queued)).toMatchObject({ status: 'failed', messages: [{ message }] });
  await expect(stage.pid(queued)).rejects.toThrow('has no process');

  const prompt = scripted({ text: 'Said at last.' });
  await session.call('resume_worker', { worker_id: queued, prompt });
  await session.call('stop_worker', { worker_ids: [holder] });
  await session.call('wait');
  expect(await stage.history(queued)).toMatchObject({ result: 'Said at last.' });
});
