import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { taggedProcesses } from '../../../src/processes/find-tagged.ts';
import { endLeftovers, processesOf } from '../../../src/processes/reap.ts';
import { workerId } from '../fixtures.ts';

/** A process of the worker with this id, in a group of its own, ended with the test. */
async function processOf(worker_id: string, more: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
  const child = startIn({ ...more, AWM_WORKER: worker_id });
  await once(child, 'spawn');
  return child;
}

/** A process that has its environment once this returns. */
function startIn(env: NodeJS.ProcessEnv): ChildProcess {
  const options = {
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env.PATH, ...env },
  } as const;
  const child = spawn('sleep', ['600'], options);
  onTestFinished(() => void child.kill('SIGKILL'));
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

it('a tag is found behind however much else, and not in a value that has its words', async () => {
  const large = await processOf(ownId(8), { LARGE: 'x'.repeat(100_000) });
  startIn({ NOTE: `as in AWM_WORKER=${ownId(9)}` });
  expect(await processesOf(ownId(8))).toEqual([large.pid]);
  expect(await processesOf(ownId(9))).toEqual([]);
});

it('who asks at once shares a look, and who asks later has one that began later', async () => {
  const first = taggedProcesses();
  expect(taggedProcesses()).toBe(first);
  await new Promise(setImmediate);
  const { pid } = startIn({ AWM_WORKER: ownId(6) });
  expect(taggedProcesses()).not.toBe(first);
  expect((await taggedProcesses()).get(ownId(6))).toEqual([pid]);
});

it('a worker without leftovers has nothing to end', async () => {
  expect(await endLeftovers([ownId(5)])).toEqual(new Map());
});
