import { type ChildProcess, execFileSync, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { endLeftovers, processesOf, readerOf } from '../../../src/claude/leftovers.ts';
import { temporaryFolder, workerId } from '../fixtures.ts';

/** A process of the worker with this id, in a group of its own, ended with the test. */
async function processOf(
  worker_id: string,
  stdin: 'ignore' | number = 'ignore',
): Promise<ChildProcess> {
  const env = { PATH: process.env.PATH, AWM_WORKER: worker_id };
  const stdio: StdioOptions = [stdin, 'ignore', 'ignore'];
  const child = spawn('sleep', ['600'], { detached: true, stdio, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child;
}

/** An id of this test run alone, as the search goes over all processes of the machine. */
const ownId = (number: number) => workerId(process.pid * 1000 + number);

it('the processes of a worker are found by its tag, whatever group they are in', async () => {
  const children = [await processOf(ownId(1)), await processOf(ownId(1))];
  await processOf(ownId(2));
  const pids = await processesOf(ownId(1));
  expect(pids.toSorted()).toEqual(children.map(({ pid }) => pid).toSorted());
});

it('the leftovers of workers are ended, and nobody else', async () => {
  const mine = [await processOf(ownId(3)), await processOf(ownId(7))];
  const other = await processOf(ownId(4));
  const gone = mine.map((child) => once(child, 'exit'));
  expect(await endLeftovers([ownId(3), ownId(7)])).toEqual(new Map());
  for (const [, signal] of await Promise.all(gone)) expect(signal).toBe('SIGKILL');
  expect(await processesOf(ownId(4))).toEqual([other.pid]);
});

it('a worker without leftovers has nothing to end', async () => {
  expect(await endLeftovers([ownId(5)])).toEqual(new Map());
});

it.runIf(process.platform === 'linux')(
  'the own process of a worker is the one that reads its FIFO, not a tool of its',
  async () => {
    const fifo = join(await temporaryFolder(), 'stdin');
    execFileSync('mkfifo', [fifo]);
    const tool = await processOf(ownId(6));
    expect(await readerOf(ownId(6), fifo)).toBeUndefined();
    const stdin = openSync(fifo, 'r+');
    onTestFinished(() => closeSync(stdin));
    const reader = await processOf(ownId(6), stdin);
    expect(await processesOf(ownId(6))).toContain(tool.pid);
    expect(await readerOf(ownId(6), fifo)).toMatchObject({ pid: reader.pid });
  },
);
