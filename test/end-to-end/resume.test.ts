import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  type Answer,
  conversationOf,
  type Session,
  type Stage,
  scripted,
  setStage,
} from './harness.ts';

const first = scripted({ text: 'The first answer.' });
const second = scripted({ text: 'The second answer.' });
const third = scripted({ text: 'The third answer.' });

/** Runs one more turn of a worker and waits until it settles. */
async function resume(session: Session, worker_id: string, prompt: string): Promise<Answer> {
  await session.call('resume_worker', { worker_id, prompt });
  return session.call('wait');
}

/** Counts the processes in a worker's journal. */
async function countProcesses(stage: Stage, id: string): Promise<number> {
  const pids = (await stage.journal(id)).map(({ event }) => event.pid);
  return new Set(pids.filter((pid) => pid !== undefined)).size;
}

async function expectWholeConversation(stage: Stage, id: string): Promise<void> {
  const { turns, messages, result, num_turns, status } = await stage.history(id);
  expect({ status, result, num_turns }).toEqual({
    ...{ status: 'completed', result: 'The third answer.', num_turns: 3 },
  });
  expect(turns).toMatchObject([
    { prompt: first, result: 'The first answer.', status: 'completed' },
    { prompt: second, result: 'The second answer.', status: 'completed' },
    { prompt: third, result: 'The third answer.', status: 'completed' },
  ]);
  const said = messages.map(({ message: { role, content } }: Answer) => [
    role,
    typeof content === 'string' ? content : content[0].text,
  ]);
  expect(said).toEqual([
    ['user', first],
    ['assistant', 'The first answer.'],
    ['user', second],
    ['assistant', 'The second answer.'],
    ['user', third],
    ['assistant', 'The third answer.'],
  ]);
}

const thirdRequest = [
  `user: ${first}`,
  'assistant: The first answer.',
  `user: ${second}`,
  'assistant: The second answer.',
  `user: ${third}`,
];

it('a follow-up runs in the living process, and the API gets the whole conversation', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(first);
  const answers = [
    await session.call('wait'),
    await resume(session, id, second),
    await resume(session, id, third),
  ];
  const sessions = answers.map(({ completed }) => completed[0].claude_session_id);
  expect(new Set(sessions).size).toBe(1);
  expect(conversationOf(stage.api.requests.at(-1))).toEqual(thirdRequest);
  expect(stage.api.requests.map((request) => request.session)).toEqual(sessions);
  await expectWholeConversation(stage, id);
  expect(await countProcesses(stage, id)).toBe(1);
});

it('a follow-up runs in a new process after the first has exited', async () => {
  const stage = await setStage();
  const session = await stage.connect({ args: ['--keep-alive-seconds', '0'] });
  const id = await session.spawn(first);
  const answers = [await session.call('wait')];
  for (const [index, prompt] of [second, third].entries()) {
    await stage.journaled(id, 'EXITED', index + 1);
    answers.push(await resume(session, id, prompt));
  }
  const sessions = answers.map(({ completed }) => completed[0].claude_session_id);
  expect(new Set(sessions).size).toBe(1);
  expect(conversationOf(stage.api.requests.at(-1))).toEqual(thirdRequest);
  expect(await countProcesses(stage, id)).toBe(3);
  await expectWholeConversation(stage, id);
});

it('a failed worker is resumed, and its history keeps the failed turn', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const failing = scripted({ error: { status: 400, message: 'No such thing.' } });
  const id = await session.spawn(failing);
  const { failed } = await session.call('wait');
  expect(failed).toMatchObject([{ worker_id: id, reason: 'api_error' }]);
  expect(failed[0].error_hint).toContain('No such thing.');
  expect(await resume(session, id, second)).toMatchObject({ completed: [{ worker_id: id }] });
  expect(conversationOf(stage.api.requests.at(-1)).join()).toContain(failing);
  const history = await stage.history(id);
  expect(history).toMatchObject({ status: 'completed', result: 'The second answer.' });
  expect(history).not.toHaveProperty('reason');
  expect(history.turns).toMatchObject([
    { status: 'failed', reason: 'api_error', prompt: failing },
    { status: 'completed', result: 'The second answer.', prompt: second },
  ]);
});

it('a stopped worker is resumed in its session', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const hanging = scripted({ hang: true });
  const id = await session.spawn(hanging);
  await stage.journaled(id, 'TURN_OPENED');
  await session.call('stop_worker', { worker_ids: [id] });
  const { failed } = await session.call('wait');
  expect(failed).toMatchObject([{ worker_id: id, reason: 'stopped' }]);
  expect(await resume(session, id, second)).toMatchObject({ completed: [{ worker_id: id }] });
  expect(conversationOf(stage.api.requests.at(-1)).join()).toContain(hanging);
  const { session_id, turns } = await stage.history(id);
  expect(stage.api.requests.at(-1)?.session).toBe(session_id);
  expect(turns).toMatchObject([{ status: 'failed', reason: 'stopped' }, { status: 'completed' }]);
});

it('a session that a killed process began without any output is resumed', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(first);
  await session.call('wait');
  await session.call('stop_worker', { worker_ids: [id] });
  await session.close();
  // As if the process had been killed between the prompt's echo and the opening of its turn.
  const path = join(stage.state, `worker-${id}`, 'journal.ndjson');
  const lines = (await readFile(path, 'utf8')).split('\n');
  const left = lines.filter((line) => !line.includes('"TURN_OPENED"'));
  const numbered = left.map((line, index) => line.replace(/"seq":\d+/, `"seq":${index + 1}`));
  await writeFile(path, numbered.join('\n'));

  const { completed } = await resume(await stage.connect(), id, second);
  expect(completed).toMatchObject([{ worker_id: id }]);
  expect(conversationOf(stage.api.requests.at(-1))).toEqual(thirdRequest.slice(0, 3));
});
