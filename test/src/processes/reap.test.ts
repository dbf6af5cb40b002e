import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { findTagged, taggedProcesses } from '../../../src/processes/find-tagged.ts';
import { endLeftovers, processesOf } from '../../../src/processes/reap.ts';
import { workerId } from '../fixtures.ts';

/** Starts a process of this worker in a process group of its own; the test ends it. */
async function processOf(worker_id: string, more: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
  const child = startIn({ ...more, AWM_WORKER: worker_id });
  await once(child, 'spawn');
  return child;
}

/** Starts a process; `spawn` has set its environment when this returns. */
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

/** Returns an id that only this test run uses, because the search covers all processes of the machine. */
const ownId = (number: number) => workerId(process.pid * 1000 + number);

it('processesOf finds the processes of a worker in any process group', async () => {
  const children = [await processOf(ownId(1)), await processOf(ownId(1))];
  await processOf(ownId(2));
  const pids = await processesOf(ownId(1));
  expect(pids.toSorted()).toEqual(children.map(({ pid }) => pid).toSorted());
});

it('endLeftovers kills the processes of these workers, and no other process', async () => {
  const mine = [await processOf(ownId(3)), await processOf(ownId(7))];
  const other = await processOf(ownId(4));
  const gone = mine.map((child) => once(child, 'exit'));
  expect(await endLeftovers([ownId(3), ownId(7)])).toEqual(new Map());
  for (const [, signal] of await Promise.all(gone)) expect(signal).toBe('SIGKILL');
  expect(await processesOf(ownId(4))).toEqual([other.pid]);
});

it('processesOf finds a tag in a large environment, and not inside the value of another variable', async () => {
  const large = await processOf(ownId(8), { LARGE: 'x'.repeat(100_000) });
  startIn({ NOTE: `as in AWM_WORKER=${ownId(9)}` });
  expect(await processesOf(ownId(8))).toEqual([large.pid]);
  expect(await processesOf(ownId(9))).toEqual([]);
});

it('taggedProcesses shares a search that has not begun, and begins a new search later', async () => {
  const first = taggedProcesses();
  expect(taggedProcesses()).toBe(first);
  await new Promise(setImmediate);
  const { pid } = startIn({ AWM_WORKER: ownId(6) });
  expect(taggedProcesses()).not.toBe(first);
  expect((await taggedProcesses()).get(ownId(6))).toEqual([pid]);
});

it('endLeftovers returns nothing for a worker without processes', async () => {
  expect(await endLeftovers([ownId(5)])).toEqual(new Map());
});

it('findTagged on macOS finds each of many processes, whose environments are longer than a megabyte', async () => {
  const long = 'x'.repeat(120_000);
  const ids = Array.from({ length: 12 }, (_, number) => ownId(10 + number));
  const processes = await Promise.all(ids.map((id) => processOf(id, { LONG: long })));
  const found = await findTagged('darwin');
  expect(ids.map((id) => found.get(id))).toEqual(processes.map(({ pid }) => [pid]));
});
