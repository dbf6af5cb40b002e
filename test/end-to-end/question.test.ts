import { expect, it } from 'vitest';
import { scripted, setStage, toolResultsOf } from './harness.ts';

const question = 'Which colour shall it be?';
const input = {
  questions: [
    {
      question,
      header: 'Colour',
      multiSelect: false,
      options: [
        { label: 'Red', description: 'Like a tomato' },
        { label: 'Blue', description: 'Like the sky' },
      ],
    },
  ],
};
const asking = scripted({ tools: [{ name: 'AskUserQuestion', input }] }, { text: 'I see.' });

it('a question is answered with answers, and the model gets them', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(asking);
  const [request] = (await session.call('wait')).pending_permissions;
  expect(request).toMatchObject({ worker_id: id, tool: 'AskUserQuestion', input });

  const { request_id } = request;
  const refusal = await session.refusal('approve_permission', { request_id, allow: true });
  expect(refusal).toContain('AskUserQuestion needs answers');
  await session.call('approve_permission', {
    ...{ request_id, allow: true },
    answers: { [question]: 'Blue' },
  });
  expect(await session.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
  const [result] = toolResultsOf(stage.api.requests.at(-1));
  expect(result).toMatchObject({ name: 'AskUserQuestion', is_error: false });
  expect(result?.content).toContain(`"${question}"="Blue"`);
});

it('a question can be denied like any other request', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  await session.spawn(asking);
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  const reason = 'Decide yourself.';
  await session.call('approve_permission', { request_id, allow: false, reason });
  await session.call('wait');
  const [result] = toolResultsOf(stage.api.requests.at(-1));
  expect(result).toMatchObject({ is_error: true, content: expect.stringContaining(reason) });
});

it('answers for a tool that is no question are refused, and the request stays open', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const command = 'touch made';
  await session.spawn(scripted({ tools: [{ name: 'Bash', input: { command } }] }));
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  const answers = { [question]: 'Blue' };
  expect(
    await session.refusal('approve_permission', { request_id, allow: true, answers }),
  ).toContain('answers is for AskUserQuestion');
  expect(await session.call('wait')).toMatchObject({ pending_permissions: [{ request_id }] });
});
