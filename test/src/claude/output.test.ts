import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WorkerOutput } from '../../../machines/worker.ts';
import { followOutput, type OutputInput } from '../../../src/claude/output.ts';
import { workerPaths } from '../../../src/files/paths.ts';
import { createInbox, temporaryFolder, workerId } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';

const worker_id = workerId();

const assistantLine = (text: string, model?: string) =>
  `${JSON.stringify({ type: 'assistant', message: { content: text, model } })}\n`;
const permissionLine = `${JSON.stringify({
  ...{ type: 'control_request', request_id: 'c1' },
  request: { subtype: 'can_use_tool', tool_name: 'Bash', input: {} },
})}\n`;

/** Follows a worker's output from its beginning. */
async function follow(stdout: string, given: Partial<OutputInput> = {}) {
  const paths = workerPaths(foldersIn(await temporaryFolder()), worker_id);
  await mkdir(paths.folder, { recursive: true });
  await writeFile(paths.stdout, stdout);
  const facts = createInbox<WorkerOutput>();
  const warnings: string[] = [];
  const lost = createInbox<unknown>();
  const output = followOutput({
    ...{
      worker_id,
      paths,
      pid: 0,
      offset: 0,
      stderrOffset: 0,
      hasSpoken: true,
      onOutput: facts.push,
      onLost: lost.push,
    },
    ...{ recorded: async () => {}, warn: (message: string) => warnings.push(message) },
    ...given,
  });
  onTestFinished(() => output.detach());
  return { output, facts, paths, warnings, lost };
}

describe('output that exists when it is followed', () => {
  it('is reported in its order, and of consecutive messages only the last', async () => {
    const { output, facts } = await follow(
      assistantLine('one', 'claude-x') +
        assistantLine('two') +
        permissionLine +
        assistantLine('three') +
        assistantLine('four'),
    );
    await output.catchUp();
    expect(facts.items).toMatchObject([
      { type: 'MESSAGE_SEEN', brief: 'two', model: 'claude-x' },
      { type: 'PERMISSION_ASKED' },
      { type: 'MESSAGE_SEEN', brief: 'four', model: null },
    ]);
  });

  it('is read no faster than the journal is written', async () => {
    const line = assistantLine('x'.repeat(1_000));
    const open: (() => void)[] = [];
    const recorded = () => new Promise<void>((resolve) => void open.push(resolve));
    const { output, facts } = await follow(line.repeat(1_000), { recorded });
    await facts.count(1);
    const read = output.offset;
    expect(read).toBeLessThan(line.length * 1_000);
    await new Promise(setImmediate);
    expect(output.offset).toBe(read);
    const release = setInterval(() => open.shift()?.(), 1);
    await output.catchUp();
    clearInterval(release);
    expect(output.offset).toBe(line.length * 1_000);
  });

  it('is reported when the journal is broken, because the worker must be ended', async () => {
    const recorded = () => Promise.reject(new Error('no journal'));
    const { output, facts } = await follow(assistantLine('one') + permissionLine, { recorded });
    await output.catchUp();
    expect(facts.items).toHaveLength(2);
  });
});

describe('a result without a text', () => {
  const resultLine = `${JSON.stringify({ type: 'result', subtype: 'success', result: '' })}\n`;
  const say = (block: object, fields: object = {}) =>
    `${JSON.stringify({ type: 'assistant', message: { content: [block] }, ...fields })}\n`;
  const text = { type: 'text', text: 'Done.' };
  const call = (name: string) => ({ type: 'tool_use', name, input: {} });
  const output = (content: string) =>
    `${JSON.stringify({ type: 'user', message: { role: 'user', content } })}\n`;

  it.each<[string, string, string | undefined]>([
    ['after a text is an answer', say(text), undefined],
    ['after a text and a tool is an answer', say(text) + say(call('Bash')), undefined],
    ['after a text of the turn before is none', say(text) + resultLine, 'answer.'],
    ['after blanks is none', say({ type: 'text', text: ' \n' }), 'answer.'],
    ['after the text of a subagent is none', say(text, { parent_tool_use_id: 'a' }), 'answer.'],
    [
      'after tools names them',
      say(call('Bash')) + say(call('Edit')) + say(call('Bash')),
      'answer, after 3 tool calls: Bash, Edit.',
    ],
    [
      'after the output of a command is no failure',
      output('<local-command-stdout>Compacted</local-command-stdout>'),
      undefined,
    ],
    ['after a prompt alone is none', output('Hello'), 'answer.'],
  ])('%s', async (_, before, words) => {
    const { output: followed, facts } = await follow(before + resultLine + permissionLine);
    await followed.catchUp();
    const [last, result] = facts.items.toReversed();
    expect(last?.type).toBe('PERMISSION_ASKED');
    if (result?.type !== 'RESULT_SEEN') throw new Error(`${result?.type} is no result`);
    if (words === undefined) expect(result.result.failure).toBeNull();
    else expect(result.result.failure?.hint).toContain(`The turn ended without an ${words}`);
  });
});

describe('the end of a process', () => {
  it('is concluded after all of its output, with the end of its stderr', async () => {
    const { output, facts, paths } = await follow(assistantLine('one'));
    await writeFile(paths.stderr, `${'x'.repeat(10_000)}\nlast words`);
    await appendFile(paths.stdout, permissionLine);
    const failure = await output.conclude({ code: 2, signal: null });
    expect(failure).toMatchObject({ reason: 'crashed', returncode: 2 });
    expect(failure.hint).toMatch(/ last words$/);
    expect(facts.items.at(-1)?.type).toBe('PERMISSION_ASKED');
  });

  it('quotes nothing that stood in stderr before it, and everything when stderr was emptied', async () => {
    const conclude = async (stderr: string) => {
      const { output, paths } = await follow('', { stderrOffset: 8, hasSpoken: false });
      await writeFile(paths.stderr, stderr);
      return output.conclude({ code: 2, signal: null });
    };
    const hint = 'claude exited with code 2 before it was ready';
    expect((await conclude('earlier\n')).hint).toBe(hint);
    expect((await conclude('earlier\nmine')).hint).toBe(`${hint}: mine`);
    expect((await conclude('mine')).hint).toBe(`${hint}: mine`);
  });

  it('is concluded also without a stderr file', async () => {
    const { output } = await follow('');
    expect(await output.conclude({ code: 0, signal: null })).toEqual({
      ...{ reason: 'crashed', returncode: 0 },
      hint: 'claude exited with code 0 before its turn was over',
    });
  });
});
