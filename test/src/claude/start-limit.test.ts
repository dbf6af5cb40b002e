import { expect, it } from 'vitest';
import type { Exit, Launched, LaunchInput } from '../../../src/claude/launch.ts';
import { stagger } from '../../../src/claude/start-limit.ts';
import { workerPaths } from '../../../src/files/paths.ts';
import { workerId } from '../fixtures.ts';

/** A launcher of which the test decides when a process is there and when it goes. */
function createLauncher(atOnce: number) {
  const exits: ((exit: Exit) => void)[] = [];
  let started = 0;
  const { launch } = stagger(async ({ command }) => {
    started += 1;
    if (command === 'missing') throw new Error('It is not there.');
    return { pid: started, exited: new Promise<Exit>((resolve) => exits.push(resolve)) };
  }, atOnce);
  const start = (command = 'claude', signal?: AbortSignal): Promise<Launched> => {
    const input: LaunchInput = {
      ...{ command, args: [], env: {}, cwd: '/', paths: workerPaths('/logs', workerId()) },
      ...(signal && { signal }),
    };
    return launch(input);
  };
  return { start, exits, started: () => started };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('as many start at once as may, and the next when one has said something', async () => {
  const { start, started } = createLauncher(2);
  const [first] = await Promise.all([start(), start()]);
  const third = start();
  await settled();
  expect(started()).toBe(2);
  first?.isUp?.();
  await third;
  expect(started()).toBe(3);
});

it('one that goes, or that cannot be started, makes way too', async () => {
  const { start, started, exits } = createLauncher(1);
  await start();
  const second = start('missing');
  const third = start();
  await settled();
  expect(started()).toBe(1);
  exits[0]?.({ code: 1, signal: null });
  await expect(second).rejects.toThrow('It is not there.');
  await third;
  expect(started()).toBe(3);
});

it('what is said twice makes way once', async () => {
  const { start, started, exits } = createLauncher(1);
  const first = await start();
  const [second, third] = [start(), start()];
  first.isUp?.();
  first.isUp?.();
  exits[0]?.({ code: 0, signal: null });
  await second;
  await settled();
  expect(started()).toBe(2);
  exits[1]?.({ code: 0, signal: null });
  await third;
});

it('one that was given up while it waited is not started', async () => {
  const { start, started } = createLauncher(1);
  const first = await start();
  const given = new AbortController();
  const second = start('claude', given.signal);
  given.abort();
  await expect(second).rejects.toThrow('ended before it was started');
  first.isUp?.();
  await start();
  expect(started()).toBe(2);
  await expect(start('claude', given.signal)).rejects.toThrow('ended before it was started');
});
