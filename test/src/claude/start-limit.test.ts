import { expect, it } from 'vitest';
import type { Exit, Launched, LaunchInput } from '../../../src/claude/launch.ts';
import { limitStarts } from '../../../src/claude/start-limit.ts';
import { workerPaths } from '../../../src/files/paths.ts';
import { workerId } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';

/** Creates a launcher whose processes start and exit when the test says so. */
function createLauncher(atOnce: number) {
  const exits: ((exit: Exit) => void)[] = [];
  let started = 0;
  const { launch } = limitStarts(async ({ command }) => {
    started += 1;
    if (command === 'missing') throw new Error('It is missing.');
    return { pid: started, exited: new Promise<Exit>((resolve) => exits.push(resolve)) };
  }, atOnce);
  const start = (command = 'claude', signal?: AbortSignal): Promise<Launched> => {
    const input: LaunchInput = {
      ...{
        command,
        args: [],
        env: {},
        cwd: '/',
        paths: workerPaths(foldersIn('/logs'), workerId()),
      },
      ...(signal && { signal }),
    };
    return launch(input);
  };
  return { start, exits, started: () => started };
}

const flushEvents = () => new Promise((resolve) => setImmediate(resolve));

it('a start waits while the limit is reached, until a process has written output', async () => {
  const { start, started } = createLauncher(2);
  const [first] = await Promise.all([start(), start()]);
  const third = start();
  await flushEvents();
  expect(started()).toBe(2);
  first?.markStarted?.();
  await third;
  expect(started()).toBe(3);
});

it('a process that exits or cannot be started lets the next process start', async () => {
  const { start, started, exits } = createLauncher(1);
  await start();
  const second = start('missing');
  const third = start();
  await flushEvents();
  expect(started()).toBe(1);
  exits[0]?.({ code: 1, signal: null });
  await expect(second).rejects.toThrow('It is missing.');
  await third;
  expect(started()).toBe(3);
});

it('a process that is marked twice, and exits, lets one process start', async () => {
  const { start, started, exits } = createLauncher(1);
  const first = await start();
  const [second, third] = [start(), start()];
  first.markStarted?.();
  first.markStarted?.();
  exits[0]?.({ code: 0, signal: null });
  await second;
  await flushEvents();
  expect(started()).toBe(2);
  exits[1]?.({ code: 0, signal: null });
  await third;
});

it('a start that is cancelled while it waits starts no process', async () => {
  const { start, started } = createLauncher(1);
  const first = await start();
  const cancel = new AbortController();
  const second = start('claude', cancel.signal);
  cancel.abort();
  await expect(second).rejects.toThrow('ended before it was started');
  first.markStarted?.();
  await start();
  expect(started()).toBe(2);
  await expect(start('claude', cancel.signal)).rejects.toThrow('ended before it was started');
});
