import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { ageOf, tableOf } from '../../src/terminal/table.ts';
import { bash, scripted, setStage } from '../end-to-end/harness.ts';
import { endServer } from '../end-to-end/processes.ts';
import { treeOf } from '../protocol/tree.ts';

/** The shipped command, in an environment built from nothing; its stdout is no terminal. */
function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [resolve('dist/main.mjs'), ...args],
      { env: { PATH: process.env.PATH } },
      (_, stdout, stderr) => done({ code: child.exitCode ?? 1, stdout, stderr }),
    );
  });
}

it('real workers are told in one line, in a table, one by one and by what they said, and nothing is changed', async () => {
  const stage = await setStage();
  const dir = ['--logs-dir', stage.logs];
  expect((await run('status', ...dir)).stdout).toBe('no workers\n');
  const session = await stage.connect();
  const done = await session.spawn(scripted({ text: 'Finished \u001b[2J at last.' }));
  await session.call('wait');
  const asking = await session.spawn(scripted(bash('touch "made \u202e here"'), { text: 'Made.' }));
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  await stage.journaled(done, 'EXITED');
  const before = await treeOf(stage.logs);

  const status = await run('status', ...dir);
  expect(status).toMatchObject({ code: 0, stderr: '' });
  expect(status.stdout).toMatch(/^1⏳ 1✓ \$\d+\.\d\d\n$/);
  const { stdout: table } = await run('watch', ...dir);
  expect(table).toMatch(new RegExp(`^${done.slice(0, 8)} +completed +`, 'm'));
  expect(table).toMatch(new RegExp(`^${asking.slice(0, 8)} +awaiting_permission +`, 'm'));
  expect(table).not.toContain('\u001b');
  const { stdout: shown } = await run('show', asking.slice(0, 6), ...dir);
  expect(shown).toContain(asking);
  expect(shown).toContain(`${request_id} Bash {"command":"touch \\"made \\u202e here\\""`);
  const { stdout: said } = await run('tail', done, ...dir);
  expect(said).toContain('assistant: Finished \\u001b[2J at last.\n');
  expect(said).not.toContain('\u001b');
  expect(await treeOf(stage.logs)).toEqual(before);
});

it('a worker whose process is gone is not told as running', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted({ hang: true }));
  await stage.journaled(id, 'TURN_OPENED');
  const pid = await stage.pid(id);
  await endServer(session, 'SIGKILL');
  const dir = ['--logs-dir', stage.logs];
  expect((await run('status', ...dir)).stdout).toMatch(/^1▶ /);
  process.kill(-pid, 'SIGKILL');
  await expect.poll(async () => (await run('status', ...dir)).stdout).toMatch(/^1\? /);
  expect((await run('watch', ...dir)).stdout).toContain('interrupted?');
  expect((await run('tail', id, ...dir)).code).toBe(0);
});

it('a wrong command, id or folder is refused with a sentence', async () => {
  const stage = await setStage();
  const dir = ['--logs-dir', stage.logs];
  const sentences = await Promise.all([
    run('stauts'),
    run('deploy'),
    run('show', 'nobody', ...dir),
    run('show', ...dir),
    run('status', '--colour'),
  ]);
  expect(sentences.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
  const texts = sentences.map(({ stderr }) => stderr.split('\n')[0]);
  expect(texts).toEqual([
    'async-worker-manager: Unknown command "stauts"; did you mean status?',
    'async-worker-manager: Unknown command "deploy"; see --help for those there are.',
    'Expected the beginning of one worker\'s id, found no worker at "nobody"; status and watch show the ids.',
    expect.stringContaining('Usage: async-worker-manager status'),
    expect.stringContaining("Unknown option '--colour'"),
  ]);
});

it('a table has columns of one width and no line longer than the terminal', () => {
  const row = {
    ...{ worker_id: '00000000-0000-4000-8000-000000000001', state: 'running', since: 0 },
    ...{ description: 'A', cost_usd: 0.5, last_line: 'x'.repeat(300) },
  };
  const lines = tableOf([row, { ...row, description: 'A longer one' }], 90_000, 80);
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  expect(new Set(lines.map((line) => line.search(/last line|xxx/))).size).toBe(1);
  expect(lines[1]).toContain('1m');
});

it.each([
  [999, '0s'],
  [59_000, '59s'],
  [60_000, '1m'],
  [3_600_000, '1h'],
  [172_800_000, '2d'],
])('%i milliseconds are %s', (milliseconds, text) => {
  expect(ageOf(milliseconds)).toBe(text);
});
