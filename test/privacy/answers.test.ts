import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bash, scripted, setStage } from '../end-to-end/harness.ts';
import { endServer } from '../end-to-end/processes.ts';

it('an answer after a restart is in the journal with its request, and is final for every server', async () => {
  const stage = await setStage();
  const first = await stage.connect();
  const steps = [bash('touch one'), bash('touch two'), { text: 'Done.' }];
  const id = await first.spawn(scripted(...steps));
  const [shown] = (await first.call('wait')).pending_permissions;
  await endServer(first, 'SIGKILL');

  const second = await stage.connect();
  expect((await second.call('wait')).pending_permissions).toEqual([shown]);
  const { request_id } = shown;
  await second.call('approve_permission', { request_id, allow: true });
  const [next] = (await second.call('wait')).pending_permissions;
  expect(next.input.command).toBe('touch two');
  const records = await stage.journaled(id, 'ANSWER_PERMISSION');
  const asked = records.find(({ event }) => event.type === 'PERMISSION_ASKED');
  expect(asked.event.request).toMatchObject({ request_id, input: { command: 'touch one' } });
  expect(records.filter(({ event }) => event.type === 'ANSWER_PERMISSION')).toMatchObject([
    {
      t: expect.any(Number),
      from: 'awaiting_permission',
      event: { answer: { request_id, allow: true }, source: 'caller' },
    },
  ]);
  // The journal also names the server that got the answer.
  const owners = records.filter(({ event }) => event.type === 'ADOPT');
  expect(owners.at(-1)?.event.owner).toBe(`process ${second.pid}`);
  await endServer(second, 'SIGKILL');

  const third = await stage.connect();
  const again = { request_id, allow: false };
  const sentence = `Permission request ${request_id} was already allowed; an answer cannot be changed.`;
  expect(await third.refusal('approve_permission', again)).toBe(sentence);
  expect((await third.call('wait')).pending_permissions).toEqual([next]);
  await third.call('stop_worker', { worker_ids: [id] });
  await third.refusal('approve_permission', { request_id: next.request_id, allow: true });
  await third.call('wait');
  await third.close();

  const fourth = await stage.connect();
  await fourth.refusal('approve_permission', { request_id: next.request_id, allow: true });
  await access(join(stage.project, 'one'));
  await expect(access(join(stage.project, 'two'))).rejects.toThrow('ENOENT');
});
