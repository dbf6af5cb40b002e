import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Answer, bash, scripted, setStage } from './harness.ts';

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

it('a history file has the fields that users read with jq, and the model that really ran', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const prompt = scripted({
    text: 'The answer is 42.',
    usage: { input_tokens: 1000, output_tokens: 200 },
  });
  const options = { model: 'sonnet', max_turns: 3 };
  const id = await session.spawn(prompt, options, 'general-purpose');
  const { completed } = await session.call('wait');
  const history = await stage.history(id);
  expect(history).toEqual({
    worker_id: id,
    description: 'A test worker',
    agent_type: 'general-purpose',
    status: 'completed',
    result: 'The answer is 42.',
    session_id: completed[0].claude_session_id,
    model: expect.stringMatching(/^claude-/),
    total_cost_usd: expect.any(Number),
    num_turns: 1,
    duration_ms: expect.any(Number),
    usage: expect.objectContaining({ input_tokens: 1000, output_tokens: 200 }),
    options: expect.objectContaining(options),
    cwd: stage.project,
    host: hostname(),
    state_dir: join(stage.state, `worker-${id}`),
    created_at: isoTime,
    updated_at: isoTime,
    turns: [
      {
        prompt,
        status: 'completed',
        result: 'The answer is 42.',
        started_at: isoTime,
        ended_at: isoTime,
        cost_usd: history.total_cost_usd,
        permissions: [],
      },
    ],
    messages: expect.any(Array),
  });
  expect(history.total_cost_usd).toBeGreaterThan(0);
  const model = stage.api.requests.map(({ body }) => (body as Answer).model);
  expect(model).toEqual([history.model]);
});

it('the messages have every prompt, answer, tool use and tool result in order', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const prompt = scripted({ text: 'I shall look.', ...bash('echo seen') }, { text: 'I looked.' });
  const id = await session.spawn(prompt, { allowed_tools: ['Bash'] });
  await session.call('wait');
  const { messages, num_turns } = await stage.history(id);
  const said = messages.map(({ type, message }: Answer) => [type, message.content]);
  expect(said).toMatchObject([
    ['user', prompt],
    ['assistant', [{ type: 'text', text: 'I shall look.' }]],
    ['assistant', [{ type: 'tool_use', name: 'Bash', input: { command: 'echo seen' } }]],
    ['user', [{ type: 'tool_result', content: expect.stringMatching(/(^|\n)seen$/) }]],
    ['assistant', [{ type: 'text', text: 'I looked.' }]],
  ]);
  expect(num_turns).toBe(2);
});

it('a failed worker has a history too, with all its messages', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const prompt = scripted(
    { text: 'So far so good.', ...bash('echo seen') },
    { error: { status: 400, message: 'Too bad.' } },
  );
  const id = await session.spawn(prompt, { allowed_tools: ['Bash'] });
  const { failed } = await session.call('wait');
  expect(failed).toMatchObject([{ worker_id: id, reason: 'api_error' }]);
  const history = await stage.history(id);
  expect(history).toMatchObject({
    status: 'failed',
    reason: 'api_error',
    error_hint: expect.stringContaining('Too bad.'),
    turns: [{ prompt, status: 'failed', reason: 'api_error', ended_at: isoTime }],
  });
  const text = JSON.stringify(history.messages);
  expect(text).toContain('So far so good.');
  expect(text).toMatch(/"content":"([^"]*\\n)?seen"/);
});
