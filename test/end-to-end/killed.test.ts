import { expect, it } from 'vitest';
import { type Answer, bash, conversationOf, scripted, setStage } from './harness.ts';

it('a worker that is killed during a turn fails with its history, and is resumed in its session', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const prompt = scripted({ text: 'I shall try.', ...bash('touch made') });
  const id = await session.spawn(prompt);
  await stage.journaled(id, 'PERMISSION_ASKED');
  process.kill(await stage.pid(id), 'SIGKILL');
  await stage.journaled(id, 'SAVED');
  const { completed, failed } = await session.call('wait');
  expect(completed).toEqual([]);
  expect(failed).toMatchObject([
    { worker_id: id, reason: 'killed', returncode: 137, error_hint: expect.any(String) },
  ]);
  const history = await stage.history(id);
  expect(history).toMatchObject({ status: 'failed', reason: 'killed', result: null });
  const said = history.messages.map(({ message }: Answer) => message.content);
  expect(said.slice(0, 2)).toMatchObject([prompt, [{ text: 'I shall try.' }]]);

  const next = scripted({ text: 'The whole answer.' });
  await session.call('resume_worker', { worker_id: id, prompt: next });
  expect(await session.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
  expect(await stage.history(id)).toMatchObject({
    status: 'completed',
    result: 'The whole answer.',
    session_id: history.session_id,
    turns: [{ status: 'failed', reason: 'killed' }, { status: 'completed' }],
  });
  const seen = conversationOf(stage.api.requests.at(-1)).join('\n');
  expect(seen).toContain(prompt);
  expect(seen).toContain(next);
});

it('a turn that ended before any output of claude has its prompt in the messages', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const prompt = scripted({ hang: true });
  const id = await session.spawn(prompt);
  await stage.api.waitForRequest((request) => request.status === 200, 20_000);
  process.kill(await stage.pid(id), 'SIGKILL');
  await session.call('wait');
  const next = scripted({ text: 'An answer.' });
  await session.call('resume_worker', { worker_id: id, prompt: next });
  await session.call('wait');
  const { messages } = await stage.history(id);
  const prompts = messages.filter(({ type }: Answer) => type === 'user');
  expect(prompts.map(({ message }: Answer) => message.content)).toEqual([prompt, next]);
});

it('a killed worker does not affect the others', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const killed = await session.spawn(scripted({ hang: true }));
  const other = await session.spawn(scripted({ text: 'Well.', delay_ms: 1000 }));
  await stage.journaled(killed, 'TURN_OPENED');
  process.kill(await stage.pid(killed), 'SIGKILL');
  expect(await session.call('wait')).toMatchObject({
    completed: [{ worker_id: other }],
    failed: [{ worker_id: killed, reason: 'killed' }],
  });
});
