import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bash, scripted, setStage } from './harness.ts';

it('options that come as a text reach the request, and a half of a character as U+FFFD', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const options = '{"system":"You are \\ud83d terse.","max_tokens":"4321","cwd":null}';
  const prompt = scripted({ text: 'Yes.' }).replace('Yes.', 'Yes \ud83d.');
  const call = { description: 'As sent', agent_type: null, prompt, options };
  const { worker_id } = await session.call('spawn_worker', call);
  const { completed } = await session.call('wait', { worker_ids: JSON.stringify([worker_id]) });
  expect(completed).toMatchObject([{ worker_id }]);
  expect(await stage.history(worker_id)).toMatchObject({ result: 'Yes \ufffd.' });
  const body = stage.api.requests.at(-1)?.body;
  expect(body).toMatchObject({ max_tokens: 4321 });
  expect(JSON.stringify(body)).toContain('You are \ufffd terse.');
});

it('a text allows nothing, and the worker waits for a real answer', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const file = join(stage.project, 'made');
  const id = await session.spawn(scripted(bash(`touch ${file}`), { text: 'Done.' }));
  const { pending_permissions } = await session.call('wait');
  const { request_id } = pending_permissions[0];
  for (const allow of ['true', 'false', '"true"']) {
    const sentence = await session.refusal('approve_permission', { request_id, allow });
    expect(sentence).toContain('expected allow to be true or false, found');
  }
  await expect(access(file)).rejects.toThrow('ENOENT');
  await session.call('approve_permission', { request_id, allow: false, reason: 'No.' });
  await session.call('wait', { worker_ids: [id] });
  await expect(access(file)).rejects.toThrow('ENOENT');
});
