import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startTimeOf } from '../../src/processes/identity.ts';
import { patienceMs } from '../patience.ts';
import { treeOf } from '../protocol/tree.ts';
import { bash, type Stage, scripted, setStage } from './harness.ts';

/** Starts the shipped command with a pipe for its output, in an environment built from nothing. */
function start({ logs, state }: Pick<Stage, 'logs' | 'state'>, ...args: string[]) {
  const child = spawn(process.execPath, [resolve('dist/main.mjs'), ...args], {
    env: { PATH: process.env.PATH, AWM_LOGS_DIR: logs, AWM_STATE_DIR: state },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const told = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      told[name] += text;
    });
  }
  const closed = once(child, 'close').then(([code]: unknown[]) => ({ code, ...told }));
  return { told, closed };
}

const run = (stage: Pick<Stage, 'logs' | 'state'>, ...args: string[]) =>
  start(stage, ...args).closed;

it('the terminal commands show the workers, with or without a server, and change nothing', async () => {
  const stage = await setStage();
  const session = await stage.connect({ args: ['--max-workers', '1'] });
  const done = await session.spawn(scripted({ text: 'All is well.' }));
  await session.call('wait');
  const asking = await session.spawn(scripted(bash('touch made'), { text: 'Made.' }));
  await stage.journaled(asking, 'PERMISSION_ASKED');
  const queued = await session.spawn(scripted({ text: 'Later.' }));

  const before = await treeOf(stage.state);
  expect(await run(stage, 'status')).toMatchObject({ code: 0, stderr: '' });
  expect((await run(stage, 'status')).stdout).toMatch(/^1⏳ 1✋ 1✓ \$\d\.\d\d\n$/);
  const shown = (await run(stage, 'show', asking.slice(0, 8))).stdout;
  expect(shown).toMatch(/^state +awaiting_permission, for \d+ s$/m);
  expect(shown).toMatch(/^asks +\S+ Bash \{"command":"touch made"/m);
  expect(shown).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}spawning\.queued$/m);
  const { stdout } = await run(stage, 'watch');
  expect(stdout).toMatch(new RegExp(`^${done.slice(0, 8)} .* completed .*All is well\\.$`, 'm'));
  expect(await treeOf(stage.state)).toEqual(before);

  await session.close();
  expect((await run(stage, 'status')).stdout).toMatch(/^1⏳ 1✋ 1✓ /);
  const left = (await run(stage, 'watch')).stdout;
  expect(left).toContain('awaiting_permission, no server');
  expect(left).toMatch(new RegExp(`^${queued.slice(0, 8)} .* spawning\\.queued, no server`, 'm'));
});

it('a worker whose process has exited is not shown as running', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted(bash('touch made'), { text: 'Made.' }));
  await stage.journaled(id, 'PERMISSION_ASKED');
  process.kill(session.pid, 'SIGKILL');
  const pid = await stage.pid(id);
  process.kill(-pid, 'SIGKILL');
  await vi.waitFor(async () => expect(await startTimeOf(pid)).toBeUndefined(), patienceMs);

  const before = await treeOf(stage.state);
  expect((await run(stage, 'status')).stdout).toBe('1? $0.00\n');
  expect((await run(stage, 'show', id)).stdout).toMatch(/^state +interrupted\?, no server, /m);
  expect((await run(stage, 'tail', id)).stdout).toMatch(/\(interrupted\?\)\n$/);
  expect(await treeOf(stage.state)).toEqual(before);
});

it('tail follows a worker until its turn ends', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const evil = '\u001b[2JMade.\u202e';
  const id = await session.spawn(scripted(bash('touch made && echo ok'), { text: evil }));
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  const tail = start(stage, 'tail', id.slice(0, 13));
  const call = '→ Bash {"command":"touch made && echo ok"';
  await vi.waitFor(() => expect(tail.told.stdout).toContain(call), 20_000);
  expect(tail.told.stdout).not.toContain('← ok');

  await session.call('approve_permission', { request_id, allow: true });
  const { code, stdout, stderr } = await tail.closed;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/← ok\n\\u001b\[2JMade\.\\u202e\n\(completed\)\n$/);
});

const nowhere = { logs: '/none', state: '/none' };

it('a mistyped command is refused with the nearest command', async () => {
  expect(await run(nowhere, 'statsu')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'async-worker-manager: Unknown command "statsu"; did you mean status?\n',
  });
  expect((await run(nowhere, 'constructor')).stderr).toBe(
    'async-worker-manager: Unknown command "constructor"; see async-worker-manager --help.\n',
  );
});

it('the help of a command goes to stdout with code 0, a wrong flag to stderr with code 2', async () => {
  const help = await run(nowhere, 'tail', '--help');
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toMatch(/^Usage: async-worker-manager tail \[flags\] <id>$/m);
  expect(await run(nowhere, '--max-worker', '3')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'async-worker-manager: Unknown flag --max-worker; did you mean --max-workers?\n',
  });
  const value = await run(nowhere, '--max-workers', 'many');
  expect(value).toMatchObject({ code: 2, stdout: '' });
  expect(value.stderr).toMatch(/^async-worker-manager: --max-workers is "many": /);
});
