import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shellWord } from '../../src/text/shell-word.ts';
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

/** A worker that asks whether it may make a file. */
async function askingWorker() {
  const stage = await setStage();
  const session = await stage.connect();
  const file = join(stage.project, 'made');
  const id = await session.spawn(scripted(bash(`touch ${shellWord(file)}`), { text: 'Done.' }));
  const { pending_permissions } = await session.call('wait');
  const { request_id } = pending_permissions[0];
  return { session, stage, id, file, request_id };
}

it('a decision is taken as its JSON text says: "false" denies', async () => {
  const { session, stage, id, file, request_id } = await askingWorker();
  const call = { request_id, allow: 'false', remember: 'false', reason: 'No.' };
  expect(await session.call('approve_permission', call)).toMatchObject({ decision: 'deny' });
  await session.call('wait', { worker_ids: [id] });
  await expect(access(file)).rejects.toThrow('ENOENT');
  const [turn] = (await stage.history(id)).turns;
  expect(turn.permissions).toMatchObject([{ decision: 'deny', reason: 'No.' }]);
});

it('a decision is taken as its JSON text says: "true" allows, and "false" remembers nothing', async () => {
  const { session, stage, id, file, request_id } = await askingWorker();
  const call = { request_id, allow: 'true', remember: 'false' };
  expect(await session.call('approve_permission', call)).toMatchObject({ decision: 'allow' });
  await session.call('wait', { worker_ids: [id] });
  await access(file);
  const [turn] = (await stage.history(id)).turns;
  expect(turn.permissions).toMatchObject([{ decision: 'allow' }]);
  expect(turn.permissions[0]).not.toHaveProperty('granted');
});

it('any other text decides nothing, and the worker waits for a real answer', async () => {
  const { session, id, file, request_id } = await askingWorker();
  const texts = [
    '"true"',
    '"false"',
    'True',
    ' true',
    'yes',
    '1',
    'null',
    '',
    '[true]',
    '{"allow":true}',
  ];
  for (const allow of [...texts, 1, null, [true], { allow: true }]) {
    const sentence = await session.refusal('approve_permission', { request_id, allow });
    expect(sentence).toContain('expected allow to be true or false, found');
  }
  for (const remember of ['"true"', 'yes', 1]) {
    const call = { request_id, allow: true, remember };
    const sentence = await session.refusal('approve_permission', call);
    expect(sentence).toContain('expected remember to be true or false, found');
  }
  await expect(access(file)).rejects.toThrow('ENOENT');
  await session.call('approve_permission', { request_id, allow: false, reason: 'No.' });
  await session.call('wait', { worker_ids: [id] });
  await expect(access(file)).rejects.toThrow('ENOENT');
});
