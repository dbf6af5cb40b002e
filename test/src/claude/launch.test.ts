import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { CommandNotFound, type LaunchInput, launchDetached } from '../../../src/claude/launch.ts';
import { writeToFifo } from '../../../src/files/fifo.ts';
import { type WorkerPaths, workerPaths } from '../../../src/files/paths.ts';
import { tail } from '../../../src/files/tail.ts';
import { signalGroup } from '../../../src/processes/identity.ts';
import { createInbox, temporaryFolder, workerId } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';

/** Prints what it was started with, echoes its stdin, and exits on "exit <code>". */
const echoScript = `
  const { fstatSync } = require('node:fs');
  const { pid, env, argv } = process;
  const isFifo = fstatSync(0).isFIFO();
  console.log(JSON.stringify({ pid, env, isFifo, cwd: process.cwd(), args: argv.slice(2) }));
  console.error('a word on stderr');
  process.stdin.on('end', () => console.log('end of stdin')).on('data', (chunk) => {
    process.stdout.write(chunk);
    const code = /exit (\\d+)/.exec(String(chunk))?.[1];
    if (code) process.exit(Number(code));
  });
`;

/** Creates a worker's folder, and the input that launches the script there. */
async function createStage(fields: Partial<LaunchInput> = {}) {
  const folder = await temporaryFolder();
  const paths = workerPaths(foldersIn(folder), workerId());
  await mkdir(paths.folder, { recursive: true, mode: 0o700 });
  const script = join(folder, 'echo.cjs');
  await writeFile(script, echoScript);
  const input: LaunchInput = {
    ...{ command: process.execPath, args: [script, 'a b', '"'], env: { AWM_TEST: 'yes' } },
    ...{ cwd: folder, paths, ...fields },
  };
  return { folder, paths, input };
}

/** Launches a process, which is ended with the test. */
async function launch(input: LaunchInput) {
  const launched = await launchDetached(input);
  onTestFinished(() => void signalGroup(launched.pid, 'SIGKILL'));
  return launched;
}

/** Returns an inbox for the lines of a process's stdout. */
function outputOf({ stdout }: WorkerPaths) {
  const lines = createInbox<string>();
  const following = tail({
    path: stdout,
    offset: 0,
    onLine: ({ bytes }) => lines.push(String(bytes)),
    onError: (error) => lines.push(String(error)),
  });
  onTestFinished(() => following.stop());
  return lines;
}

it('a process is started in a group of its own, with its arguments, folder and environment', async () => {
  const { folder, paths, input } = await createStage();
  const { pid } = await launch(input);
  const [first = ''] = await outputOf(paths).count(1);
  expect(JSON.parse(first)).toMatchObject({
    ...{ pid, cwd: folder, args: ['a b', '"'], isFifo: true },
    env: { AWM_TEST: 'yes' },
  });
  expect(Object.keys(JSON.parse(first).env)).not.toContain('PATH');
  expect(signalGroup(pid, 0)).toBe(true);
});

it('exited resolves with the exit code, or with the signal that ended the process', async () => {
  const { paths, input } = await createStage();
  const exiting = await launch(input);
  await outputOf(paths).count(1);
  await writeToFifo(paths.stdin, 'exit 7\n');
  expect(await exiting.exited).toEqual({ code: 7, signal: null });

  const killed = await launch((await createStage()).input);
  signalGroup(killed.pid, 'SIGKILL');
  expect(await killed.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

it('the stdin of a process does not end when a writer closes it', async () => {
  const { paths, input } = await createStage();
  await launch(input);
  const lines = outputOf(paths);
  await lines.count(1);
  for (const number of [1, 2, 3]) {
    await writeToFifo(paths.stdin, `line ${number}\n`);
    await lines.count(number + 1);
  }
  expect(lines.items.slice(1)).toEqual(['line 1', 'line 2', 'line 3']);
});

it('a process reads input that was written before it began to read', async () => {
  const { paths, input } = await createStage();
  await launch(input);
  await writeToFifo(paths.stdin, 'early\n');
  const lines = await outputOf(paths).count(2);
  expect(lines[1]).toBe('early');
});

it('the files of a process are open only to their owner, whatever the umask', async () => {
  const { paths, input } = await createStage();
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  await launch(input);
  for (const path of [paths.stdin, paths.stdout, paths.stderr]) {
    expect((await stat(path)).mode & 0o777, path).toBe(0o600);
  }
});

it('a second process of a worker appends to the same files', async () => {
  const { paths, input } = await createStage();
  for (const _ of [1, 2]) {
    const { exited } = await launch(input);
    await writeToFifo(paths.stdin, 'exit 0\n');
    await exited;
  }
  const text = await readFile(paths.stdout, 'utf8');
  expect(text.match(/"isFifo":true/g)).toHaveLength(2);
  expect(await readFile(paths.stderr, 'utf8')).toBe('a word on stderr\n'.repeat(2));
});

it('a process outlives the process that launched it', async () => {
  const { folder, paths, input } = await createStage();
  const parent = `
    import { launchDetached } from ${JSON.stringify(join(process.cwd(), 'src/claude/launch.ts'))};
    const { pid } = await launchDetached(${JSON.stringify(input)});
    process.stdout.write(String(pid));
  `;
  const file = join(folder, 'parent.mts');
  await writeFile(file, parent);
  const tsx = join(process.cwd(), 'node_modules/tsx/dist/cli.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [tsx, file]);
  const pid = Number(stdout);
  onTestFinished(() => void signalGroup(pid, 'SIGKILL'));
  const lines = outputOf(paths);
  await lines.count(1);
  await writeToFifo(paths.stdin, 'still there\n');
  await lines.count(2);
  expect(lines.items[1]).toBe('still there');
  expect(signalGroup(pid, 0)).toBe(true);
});

it.each(['awm-no-such-command', '/no/such/folder/claude'])(
  'launchDetached rejects with CommandNotFound for the missing command %s',
  async (command) => {
    const { input } = await createStage({ command });
    const refusal = launchDetached(input);
    await expect(refusal).rejects.toBeInstanceOf(CommandNotFound);
    await expect(refusal).rejects.toThrow(`Command not found: ${command}`);
  },
);

it('launchDetached names a missing working directory, and does not call it a missing command', async () => {
  const { folder, input } = await createStage();
  const cwd = join(folder, 'vanished');
  const refusal = launchDetached({ ...input, cwd });
  await expect(refusal).rejects.toThrow(cwd);
  await expect(refusal).rejects.not.toBeInstanceOf(CommandNotFound);
});

it('launchDetached gives the reason when a command may not be executed', async () => {
  const { folder, input } = await createStage();
  const command = join(folder, 'claude');
  await writeFile(command, '#!/bin/sh\n');
  await chmod(command, 0o600);
  await expect(launchDetached({ ...input, command })).rejects.toThrow(
    new RegExp(`^${command} could not be started: .*EACCES`),
  );
});

it.each(['stdin', 'stdout', 'stderr'] as const)(
  'launchDetached does not follow a symbolic link in place of %s',
  async (name) => {
    const { folder, paths, input } = await createStage();
    const precious = join(folder, 'precious');
    await writeFile(precious, 'mine');
    await symlink(precious, paths[name]);
    await expect(launchDetached(input)).rejects.toThrow('ELOOP');
    expect(await readFile(precious, 'utf8')).toBe('mine');
    await rm(paths[name]);
  },
);
