import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Folders } from '../../src/files/paths.ts';
import { temporaryFolder } from '../src/fixtures.ts';
import { foldersIn } from '../src/folders.ts';
import { leave, settled } from '../src/leave.ts';
import { bash, foldersOf, scripted, setStage } from './harness.ts';

const bundle = [process.execPath, resolve('dist/main.mjs')];

/** Starts a command with its stdout at a pipe, or at a file descriptor. */
function start(
  [command = '', ...args]: string[],
  { logsDir, stateDir }: Folders,
  stdout: 'pipe' | number = 'pipe',
) {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, AWM_LOGS_DIR: logsDir, AWM_STATE_DIR: stateDir },
    stdio: ['ignore', stdout, 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const closed = once(child, 'close').then(([code]: unknown[]) => ({ code, stderr }));
  return { child, closed };
}

/** Runs a command whose reader goes before the first word. */
async function runUnread(folders: Folders, args: string[]) {
  const { child, closed } = start([...bundle, ...args], folders);
  child.stdout?.destroy();
  return closed;
}

it.each([
  '--help',
  '--version',
  'tail --help',
  'status',
  'watch',
  'show ID',
  'tail ID',
  'export ID --format html',
  'export ID --format json',
  'practice',
  'view LOGS',
])('%s ends quietly when nobody reads its output', async (line) => {
  const folders = foldersIn(await temporaryFolder());
  const id = await leave(folders, 1, settled);
  const places: Record<string, string> = { ID: id, LOGS: folders.logsDir };
  const args = line.split(' ').map((word) => places[word] ?? word);
  expect(await runUnread(folders, args)).toEqual({ code: 0, stderr: '' });
});

it('a tail of a worker whose turn is not over ends with its reader', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted(bash('touch made')));
  await stage.journaled(id, 'PERMISSION_ASKED');
  expect(await runUnread(foldersOf(stage), ['tail', id])).toEqual({ code: 0, stderr: '' });

  const piped = '{ "$@"; echo "code $?" >&2; } | head -1';
  const done = await session.spawn(scripted({ text: 'One.\nTwo.\nThree.' }));
  await session.call('wait', { worker_ids: [done] });
  const { closed } = start(['sh', '-c', piped, 'sh', ...bundle, 'tail', done], foldersOf(stage));
  expect(await closed).toEqual({ code: 0, stderr: 'code 0\n' });
});

it.runIf(process.platform === 'linux')(
  'a command whose output cannot be written says why in one line',
  async () => {
    const full = openSync('/dev/full', 'w');
    const { closed } = start([...bundle, '--version'], foldersIn('/none'), full);
    expect(await closed).toEqual({
      code: 2,
      stderr:
        'async-worker-manager: stdout cannot be written: ENOSPC: no space left on device, write\n',
    });
  },
);
