import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WorkerOutput } from '../../../machines/worker.ts';
import { followOutput, type OutputInput } from '../../../src/claude/output.ts';
import { workerPaths } from '../../../src/files/paths.ts';
import { createInbox, temporaryFolder, workerId } from '../fixtures.ts';

const worker_id = workerId();

const assistantLine = (text: string, model?: string) =>
  `${JSON.stringify({ type: 'assistant', message: { content: text, model } })}\n`;
const permissionLine = `${JSON.stringify({
  ...{ type: 'control_request', request_id: 'c1' },
  request: { subtype: 'can_use_tool', tool_name: 'Bash', input: {} },
})}\n`;

/** Follows a worker's output from its beginning. */
async function follow(stdout: string, given: Partial<OutputInput> = {}) {
  const paths = workerPaths(await temporaryFolder(), worker_id);
  await mkdir(paths.folder);
  await writeFile(paths.stdout, stdout);
  const facts = createInbox<WorkerOutput>();
  const warnings: string[] = [];
  const output = followOutput({
    ...{
      worker_id,
      paths,
      pid: 0,
      offset: 0,
      stderrOffset: 0,
      hasSpoken: true,
      onOutput: facts.push,
    },
    ...{ recorded: async () => {}, warn: (message: string) => warnings.push(message) },
    ...given,
  });
  onTestFinished(() => output.detach());
  return { output, facts, paths, warnings };
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

  it('is concluded also without a stderr file', async () => {
    const { output } = await follow('');
    expect(await output.conclude({ code: 0, signal: null })).toEqual({
      ...{ reason: 'crashed', returncode: 0 },
      hint: 'claude exited with code 0 before its turn was over',
    });
  });
});
