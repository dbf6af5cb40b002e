import { access, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bash, claude, scripted, setStage, toolResultsOf } from './harness.ts';
import { writeMcpServer } from './support-mcp-server.ts';
import { run } from './support-worker.ts';

const done = { text: 'Done.' };

it('cwd and add_dirs may begin in the home folder', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  await mkdir(join(stage.home, 'repo'));
  await mkdir(join(stage.home, 'more'));
  await writeFile(join(stage.home, 'more/words.txt'), 'the words from home');
  const file_path = join(stage.home, 'more/words.txt');
  const prompt = scripted({ tools: [{ name: 'Read', input: { file_path } }] }, done);
  const worker = await run(stage, session, prompt, { cwd: '~/repo', add_dirs: ['~/more'] });
  expect(worker.history.cwd).toBe(join(stage.home, 'repo'));
  expect(toolResultsOf(worker.requests.at(-1))[0]?.content).toContain('the words from home');
});

it('the logs folder and the command may begin in the home folder, also for the terminal', async () => {
  const stage = await setStage();
  await mkdir(join(stage.home, 'bin'));
  await symlink(claude, join(stage.home, 'bin/claude'));
  const env = { AWM_CLAUDE: '~/bin/claude', AWM_LOGS_DIR: '~/all/logs' };
  const session = await stage.connect({ env });
  const worker_id = await session.spawn(scripted(done));
  const { completed } = await session.call('wait');
  expect(completed).toMatchObject([
    {
      worker_id,
      conversation_history_file_path: join(stage.home, `all/logs/worker-${worker_id}.json`),
    },
  ]);
  expect(await readdir(stage.project)).not.toContain('~');
});

it('an MCP server may begin in the home folder, with ~ or as claude itself reads it', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  await mkdir(join(stage.home, 'bin'));
  await symlink(process.execPath, join(stage.home, 'bin/node'));
  const mark = join(stage.project, 'mark');
  const echo = await writeMcpServer(stage.home, mark);
  const args = echo.args.map((argument) => argument.replace(stage.home, '~'));
  const call = { name: 'mcp__mine__echo', input: { text: 'hello' } };
  const prompt = scripted({ tools: [call] }, done);
  for (const command of ['~/bin/node', `\${HOME}/bin/node`]) {
    const options = {
      mcp_config: { mine: { ...echo, command, args } },
      allowed_tools: [call.name],
    };
    const worker = await run(stage, session, prompt, options);
    expect(toolResultsOf(worker.requests.at(-1))[0]?.content).toContain('echo of hello!');
  }
  await access(mark);
});

it('a variable in a path is refused before anything is started', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const call = { description: 'A worker', prompt: scripted(bash('pwd'), done) };
  for (const options of [
    { cwd: '$HOME' },
    { add_dirs: ['lib', `\${HOME}/x`] },
    { mcp_config: { one: { command: '$HOME/server' } } },
  ]) {
    expect(await session.refusal('spawn_worker', { ...call, options })).toMatch(
      /expected .* to be a path without variables, because nothing replaces them here .*, found "\$.*; correct it.*\.$/i,
    );
  }
  expect(await session.refusal('spawn_worker', { ...call, options: { add_dirs: ['no'] } })).toBe(
    `options.add_dirs must be folders that can be read, but ${stage.project}/no does not exist; give another one or leave it out.`,
  );
  await expect(readdir(stage.state)).rejects.toThrow('ENOENT');
});
