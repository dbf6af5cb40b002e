import { access, mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/practice/script.ts';
import { shellWord } from '../../src/text/shell-word.ts';
import { bash, type Stage, scripted, setStage, toolResultsOf } from './harness.ts';
import { askedTools, run, type Settled, toolsOf } from './support-worker.ts';

const tool = (name: string, input: Record<string, unknown>): Step => ({ tools: [{ name, input }] });
const done: Step = { text: 'Done.' };

/** The text of the tool result in a worker's last request. */
const resultText = ({ requests }: Settled): string =>
  toolResultsOf(requests.at(-1))[0]?.content ?? '';

/** Writes a file outside the project folder. */
async function outsideFile(stage: Stage): Promise<string> {
  const folder = join(stage.outside, 'other');
  await mkdir(folder);
  await writeFile(join(folder, 'words.txt'), 'the words of the other folder');
  return join(folder, 'words.txt');
}

it('cwd is the folder in which the tools of a worker run, and by default the project folder', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const sub = join(stage.project, 'sub');
  await mkdir(sub);
  const prompt = scripted(bash('pwd -P'), done);
  const allowed_tools = ['Bash'];

  for (const [cwd, folder] of [
    [sub, sub],
    ['sub', sub],
    [undefined, stage.project],
  ]) {
    const worker = await run(stage, session, prompt, { cwd, allowed_tools });
    expect(resultText(worker).split('\n')).toContain(await realpath(folder ?? ''));
    expect(worker.history.cwd).toBe(folder);
  }
});

it('add_dirs lets a worker read in another folder without a permission request', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const file_path = await outsideFile(stage);
  const prompt = scripted(tool('Read', { file_path }), done);

  const without = await session.spawn(prompt);
  expect(await askedTools(session, without)).toEqual(['Read']);

  for (const folder of [dirname(file_path), '../other']) {
    const worker = await run(stage, session, prompt, { add_dirs: ['/usr', folder] });
    expect(resultText(worker)).toContain('the words of the other folder');
  }
});

describe('permission_mode', () => {
  it.each(['default', 'plan'])(
    '%s requests a permission before a file is written',
    async (permission_mode) => {
      const stage = await setStage();
      const session = await stage.connect();
      const file_path = join(stage.project, 'made.txt');
      const prompt = scripted(tool('Write', { file_path, content: 'x' }), done);
      const id = await session.spawn(prompt, { permission_mode });
      expect(await askedTools(session, id)).toEqual(['Write']);
      await expect(access(file_path)).rejects.toThrow('ENOENT');
      const isPlan = JSON.stringify(stage.api.requests.at(-1)?.body).includes(
        'Plan mode is active',
      );
      expect(isPlan).toBe(permission_mode === 'plan');
    },
  );

  it('acceptEdits writes a file without a request, and requests a permission for commands', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const file_path = join(stage.project, 'made.txt');
    const steps = [tool('Write', { file_path, content: 'x' }), bash('make it')];
    const id = await session.spawn(scripted(...steps, done), { permission_mode: 'acceptEdits' });
    expect(await askedTools(session, id)).toEqual(['Bash']);
    await access(file_path);
  });

  it('dontAsk refuses a tool that is not allowed, without a request', async () => {
    const stage = await setStage();
    const file_path = join(stage.project, 'made.txt');
    const prompt = scripted(tool('Write', { file_path, content: 'x' }), done);
    const options = { permission_mode: 'dontAsk' };
    const worker = await run(stage, await stage.connect(), prompt, options);
    expect(toolResultsOf(worker.requests.at(-1))).toMatchObject([
      { name: 'Write', is_error: true },
    ]);
    await expect(access(file_path)).rejects.toThrow('ENOENT');
  });

  it('bypassPermissions requests nothing', async () => {
    const stage = await setStage();
    const file = join(stage.project, 'made.txt');
    const prompt = scripted(bash(`touch ${shellWord(file)}`), done);
    // For root, claude accepts this mode only in a sandbox.
    const session = await stage.connect({ env: { IS_SANDBOX: '1' } });
    await run(stage, session, prompt, { permission_mode: 'bypassPermissions' });
    await access(file);
  });
});

describe('allowed_tools and disallowed_tools', () => {
  it('an allowed tool runs without a request, any other call makes one', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const file = join(stage.project, 'made.txt');
    const steps = [bash('touch made.txt'), bash('rm made.txt')];
    const allowed_tools = ['Edit', 'Bash(touch:*)'];
    const id = await session.spawn(scripted(...steps, done), { allowed_tools });
    expect(await askedTools(session, id)).toEqual(['Bash']);
    await access(file);
  });

  it('the model does not get a disallowed tool', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const prompt = scripted(done);
    const disallowed_tools = ['Bash', 'Write'];
    const offered = toolsOf(await run(stage, session, prompt));
    const left = toolsOf(await run(stage, session, prompt, { disallowed_tools }));
    expect(offered).toEqual(expect.arrayContaining(['Bash', 'Write', 'Edit']));
    expect(left).not.toContain('Bash');
    expect(left).not.toContain('Write');
    expect(left).toContain('Edit');
  });
});
