import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shellWord } from '../../src/text/shell-word.ts';
import { scripted, setStage } from './harness.ts';

it('a worker does its task, and wait returns the path of its history file', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted({ text: 'The answer is 42.' }));
  const answer = await session.call('wait');
  expect(answer).toEqual({
    completed: [
      {
        worker_id: id,
        claude_session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        conversation_history_file_path: join(stage.logs, `worker-${id}.json`),
      },
    ],
    failed: [],
    pending_permissions: [],
  });
  expect(await stage.history(id)).toMatchObject({
    status: 'completed',
    result: 'The answer is 42.',
  });
});

it('a tool runs only after its permission is allowed', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const file = join(stage.project, 'made.txt');
  const command = `touch ${shellWord(file)}`;
  await session.spawn(scripted({ tools: [{ name: 'Bash', input: { command } }] }, { text: 'ok' }));
  const { pending_permissions } = await session.call('wait');
  expect(pending_permissions).toMatchObject([{ tool: 'Bash', input: { command } }]);
  await expect(access(file)).rejects.toThrow('ENOENT');
  const { request_id } = pending_permissions[0];
  await session.call('approve_permission', { request_id, allow: true });
  await session.call('wait');
  await access(file);
});
