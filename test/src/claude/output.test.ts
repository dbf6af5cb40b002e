import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WorkerOutput } from '../../../machines/worker.ts';
import { followOutput, type OutputInput } from '../../../src/claude/output.ts';
import { workerPaths } from '../../../src/files/paths.ts';
import { createInbox, temporaryFolder, workerId } from '../fixtures.ts';

const worker_id = workerId();

const said = (text: string, model?: string) =>
  `${JSON.stringify({ type: 'assistant', message: { content: text, model } })}\n`;
const asked = `${JSON.stringify({
  ...{ type: 'control_request', request_id: 'c1' },
  request: { subtype: 'can_use_tool', tool_name: 'Bash', input: {} },
})}\n`;

/** A worker's output that is followed from its beginning. */
async function follow(stdout: string, given: Partial<OutputInput> = {}) {
  const paths = workerPaths(await temporaryFolder(), worker_id);
  await mkdir(paths.folder);
  await writeFile(paths.stdout, stdout);
  const output = createInbox<WorkerOutput>();
  const warnings: string[] = [];
  const attachment = followOutput({
    ...{ worker_id, paths, pid: 0, offset: 0, onOutput: output.push },
    ...{ recorded: async () => {}, warn: (message: string) => warnings.push(message) },
    ...given,
  });
  onTestFinished(() => attachment.detach());
  return { attachment, output, paths, warnings };
}

describe('output that came in one piece', () => {
  it('is told in its order, with several messages told as the last of them', async () => {
    const { attachment, output } = await follow(
      said('one', 'claude-x') + said('two') + asked + said('three') + said('four'),
    );
    await attachment.catchUp();
    expect(output.items).toMatchObject([
      { type: 'MESSAGE_SEEN', brief: 'two', model: 'claude-x' },
      { type: 'PERMISSION_ASKED' },
      { type: 'MESSAGE_SEEN', brief: 'four', model: null },
    ]);
  });

  it('is read no faster than it can be put on record', async () => {
    const line = said('x'.repeat(1_000));
    const open: (() => void)[] = [];
    const recorded = () => new Promise<void>((resolve) => void open.push(resolve));
    const { attachment, output } = await follow(line.repeat(1_000), { recorded });
    await output.count(1);
    const read = attachment.offset;
    expect(read).toBeLessThan(line.length * 1_000);
    await new Promise(setImmediate);
    expect(attachment.offset).toBe(read);
    const release = setInterval(() => open.shift()?.(), 1);
    await attachment.catchUp();
    clearInterval(release);
    expect(attachment.offset).toBe(line.length * 1_000);
  });

  it('is told although the journal is broken: somebody has to end the worker', async () => {
    const recorded = () => Promise.reject(new Error('no journal'));
    const { attachment, output } = await follow(said('one') + asked, { recorded });
    await attachment.catchUp();
    expect(output.items).toHaveLength(2);
  });
});

describe('the end of a process', () => {
  it('is concluded with all of its output, and with its last words', async () => {
    const { attachment, output, paths } = await follow(said('one'));
    await writeFile(paths.stderr, `${'x'.repeat(10_000)}\nlast words`);
    await appendFile(paths.stdout, asked);
    const failure = await attachment.conclude({ code: 2, signal: null });
    expect(failure).toMatchObject({ reason: 'crashed', returncode: 2 });
    expect(failure.hint).toMatch(/ last words$/);
    expect(output.items.at(-1)?.type).toBe('PERMISSION_ASKED');
  });

  it('is concluded without a stderr too', async () => {
    const { attachment } = await follow('');
    expect(await attachment.conclude({ code: 0, signal: null })).toEqual({
      ...{ reason: 'crashed', returncode: 0 },
      hint: 'claude exited with code 0 before its turn was over',
    });
  });
});
