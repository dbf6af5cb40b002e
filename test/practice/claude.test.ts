import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeApi, startPracticeApi } from '../../src/practice/server.ts';
import { type RealClaude, realClaude } from './claude.ts';
import { scripted } from './fixtures.ts';

let api: PracticeApi;
let claude: RealClaude;

beforeEach(async () => {
  api = await startPracticeApi();
  claude = await realClaude(api);
});

afterEach(async () => {
  await api.close();
  await claude.remove();
});

function bash(command: string) {
  return { tools: [{ name: 'Bash', input: { command, description: 'Run it' } }] };
}

// Each test runs the real claude, which takes one second, or much longer on a busy machine.
describe('the real claude', { timeout: 120_000 }, () => {
  it('gets the default answer', async () => {
    const events = await claude.run(['hello']);

    expect(events.at(-1)).toMatchObject({
      type: 'result',
      subtype: 'success',
      is_error: false,
      result: 'Practice answer to: hello',
    });
  });

  it('runs a tool and continues with the next step', async () => {
    const prompt = scripted([bash('echo $((6 * 7))'), { text: 'done' }]);
    const events = await claude.run(['--allowedTools', 'Bash', '--', prompt]);

    expect(events.find((event) => event.type === 'user')).toMatchObject({
      message: { content: [{ type: 'tool_result', content: '42', is_error: false }] },
    });
    expect(events.at(-1)).toMatchObject({ subtype: 'success', result: 'done' });
    expect(api.requests.map((each) => each.step)).toEqual([0, 1]);
  });

  it('counts several blocks and several tool calls as one step', async () => {
    const { tools } = bash('true');
    const first = { thinking: 'hm', text: 'Two calls.', tools: [...tools, ...tools] };
    const prompt = scripted([first, { text: 'done' }]);
    const events = await claude.run(['--allowedTools', 'Bash', '--', prompt]);

    expect(events.at(-1)).toMatchObject({ result: 'done' });
    expect(api.requests.map((each) => each.step)).toEqual([0, 1]);
  });

  it('shows a function rule the results of its tools', async () => {
    api.setRules([
      {
        match: 'sum',
        steps: ({ step, results }) =>
          step === 0 ? bash('echo 5') : { text: `${results[0]?.name} said ${results[0]?.content}` },
      },
    ]);
    const events = await claude.run(['--allowedTools', 'Bash', '--', 'a sum']);

    expect(events.at(-1)).toMatchObject({ result: 'Bash said 5' });
  });

  it('receives a thinking block', async () => {
    const events = await claude.run([scripted([{ thinking: 'deep thought', text: 'done' }])]);

    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'assistant',
        message: expect.objectContaining({
          content: [expect.objectContaining({ type: 'thinking', thinking: 'deep thought' })],
        }),
      }),
    );
    expect(events.at(-1)).toMatchObject({ result: 'done' });
  });

  it('reports an error of status 400', async () => {
    const error = { status: 400, message: 'a bad thing' };
    const events = await claude.run([scripted([{ error }])]);

    expect(events.at(-1)).toMatchObject({
      type: 'result',
      is_error: true,
      result: 'API Error: 400 a bad thing',
    });
  });

  it('prints the error of a wrong script', async () => {
    const events = await claude.run(['Go <practice>[{"txt": "a"}]</practice>']);

    expect(events.at(-1)).toMatchObject({
      is_error: true,
      result: expect.stringContaining('step 1: Unrecognized key: "txt"'),
    });
  });

  it.each([
    ['an overload', { error: { status: 529, times: 1 }, text: 'ok' }],
    ['a cut connection', { cut: 1, text: 'ok' }],
  ])('tries again after %s', async (_what, step) => {
    const events = await claude.run([scripted([step])]);

    expect(events.filter((event) => event.subtype === 'api_retry')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ subtype: 'success', is_error: false, result: 'ok' });
  });

  it('reports the tokens and the model of the script', async () => {
    const usage = { input_tokens: 1234, output_tokens: 56 };
    const events = await claude.run([scripted([{ text: 'a', usage, model: 'claude-other' }])]);

    expect(events.find((event) => event.type === 'assistant')).toMatchObject({
      message: { model: 'claude-other' },
    });
    expect(events.at(-1)).toMatchObject({ usage });
  });

  it('repeats the interrupted step when its session is resumed', async () => {
    const prompt = scripted([bash('true'), { text: 'second', hang: 1 }, { text: 'third' }]);
    const worker = claude.start(['--allowedTools', 'Bash', '--', prompt]);
    const hung = await api.waitForRequest((each) => each.step === 1 && each.status === 200, 60_000);
    await worker.kill();
    await api.waitForRequest((each) => each.aborted);
    const events = await claude.run(['--resume', hung.session ?? '', '--', 'go on']);

    expect(hung.answered).toBe(false);
    expect(events.at(-1)).toMatchObject({ result: 'second' });
  });

  it('starts the script of a later turn from its beginning', async () => {
    const lines = ['one', 'two'].map((text) => ({
      type: 'user',
      message: { role: 'user', content: scripted([{ text }]) },
    }));
    const events = await claude.run(['--input-format', 'stream-json'], lines);

    expect(events.filter((event) => event.type === 'result').at(-1)).toMatchObject({
      result: 'two',
    });
  });
});
