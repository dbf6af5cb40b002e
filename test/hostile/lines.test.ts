import { expect, it } from 'vitest';
import { scripted } from '../src/stage.ts';
import { ending, setHostileStage } from './stage.ts';

const done = { say: 'Done.' };

/** Output that is not what a worker's server hopes for, and how the turn nevertheless ends. */
const outputs: Record<string, { acts: object[]; status?: string; result?: string | null }> = {
  'lines that are no JSON': {
    acts: [{ line: 'Debugger attached.\n\n{"type":\n}{\n[1]\nnull\n' }, done],
  },
  'bytes that are no text': {
    acts: [{ base64: Buffer.from([0, 255, 254, 10, 0xc3, 0x28, 10]).toString('base64') }, done],
  },
  'messages of unknown types': {
    acts: [{ line: { type: 'hologram', size: [1, 2] }, times: 1000 }, done],
  },
  'results for prompts of nobody': {
    acts: [{ line: ending('Stolen.', { user_message_uuids: ['nobody'] }) }, done],
  },
  'fields of the wrong kind': {
    acts: [
      { line: { type: 'assistant', message: 7 } },
      { line: { type: 'control_request', request_id: 7, request: 'x' } },
      { line: { type: 'system', subtype: ['init'], model: {} } },
      { line: { type: 'control_response', response: null } },
      done,
    ],
  },
  'a second result after the first': {
    acts: [{ line: ending('First.') }, { line: ending('Second.') }],
    result: 'First.',
  },
  'half a line, then death': {
    acts: [{ say: 'Well…' }, { line: '{"type":"result","subtype":"succ' }, { exit: 9 }],
    ...{ status: 'failed', result: null },
  },
};

it('whatever a worker writes, its turn ends and the server goes on', async () => {
  const stage = await setHostileStage();
  const { session } = stage;
  const ids = new Map<string, string>();
  for (const [name, { acts }] of Object.entries(outputs)) {
    ids.set(name, await session.spawn(scripted(...acts)));
  }
  const answer = await session.call('wait');
  expect(answer.completed).toHaveLength(ids.size - 1);
  expect(answer.failed).toMatchObject([{ reason: 'crashed', returncode: 9 }]);
  for (const [name, { status = 'completed', result = 'Done.' }] of Object.entries(outputs)) {
    expect(await stage.history(ids.get(name) ?? ''), name).toMatchObject({ status, result });
  }
  expect(session.stderr()).toBe('');
});

it('a resumed worker is not confused by the half line that its last process left', async () => {
  const stage = await setHostileStage();
  const { session } = stage;
  const id = await session.spawn(scripted({ line: '{"type":"assis' }, { exit: 9 }));
  await session.call('wait');
  await session.call('resume_worker', { worker_id: id, prompt: scripted(done) });
  expect(await session.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
  expect((await stage.history(id)).turns).toMatchObject([{ result: null }, { result: 'Done.' }]);
});

it('colours and turned directions in a tool input are shown as they are, and in a list as codes', async () => {
  const stage = await setHostileStage();
  const { session } = stage;
  const command = 'echo \u001b[2K\u001b[1A safe \u202e dnammoc';
  await session.spawn(scripted({ ask: [{ tool: 'Bash', input: { command } }] }));
  const { pending_permissions } = await session.call('wait');
  expect(pending_permissions).toMatchObject([{ tool: 'Bash', input: { command } }]);
  const { workers } = await session.call('list_workers');
  expect(workers[0].last_activity).toContain('\\u001b[2K');
  expect(workers[0].last_activity).not.toContain('\u001b');
  expect(workers[0].last_activity).not.toContain('\u202e');
});
