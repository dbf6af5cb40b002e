import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { isAlive, signalGroup, startTimeOf } from '../../../src/processes/identity.ts';

/** A process in a group of its own that does nothing, ended with the test. */
async function idler(): Promise<ChildProcess & { pid: number }> {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error('sleep was not started.');
  onTestFinished(() => void child.kill('SIGKILL'));
  return Object.assign(child, { pid });
}

it('a process has one start time for as long as it lives, and none after', async () => {
  const child = await idler();
  const start_time = await startTimeOf(child.pid);
  expect(start_time).toMatch(/\d/);
  expect(await startTimeOf(child.pid)).toBe(start_time);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await startTimeOf(child.pid)).toBeUndefined();
});

it('a process is alive under its own start time only, as ids are used again', async () => {
  const { pid } = await idler();
  const start_time = (await startTimeOf(pid)) ?? '';
  expect(await isAlive({ pid, start_time })).toBe(true);
  expect(await isAlive({ pid, start_time: `${start_time}0` })).toBe(false);
  expect(await isAlive({ pid, start_time: '' })).toBe(false);
});

it('a process that is gone is not alive, whatever is known of it', async () => {
  const child = await idler();
  const start_time = (await startTimeOf(child.pid)) ?? '';
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await isAlive({ pid: child.pid, start_time })).toBe(false);
  expect(await isAlive({ pid: child.pid, start_time: '' })).toBe(false);
});

it('a process that has ended and that nobody has collected yet counts as gone', async () => {
  // The shell becomes a program that never waits for its child, which so stays in the table.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 600'], { detached: true });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [answer] = await once(parent.stdout, 'data');
  const pid = Number(answer);
  const stateOf = () =>
    execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  while (!stateOf().startsWith('Z')) await setTimeout(5);
  expect(await startTimeOf(pid)).toBeUndefined();
});

it('a signal reaches every process of a group', async () => {
  const leader = spawn('sh', ['-c', 'sleep 600 & echo $!; wait'], { detached: true });
  onTestFinished(() => void leader.kill('SIGKILL'));
  const [answer] = await once(leader.stdout, 'data');
  const member = Number(answer);
  const pid = leader.pid ?? 0;
  expect(signalGroup(pid, 0)).toBe(true);
  expect(await startTimeOf(member)).toBeDefined();
  // The pipe is closed when the last process that holds it has gone.
  const closed = once(leader, 'close');
  expect(signalGroup(pid, 'SIGKILL')).toBe(true);
  await closed;
  expect(await startTimeOf(member)).toBeUndefined();
});

it('a signal tells whether there was anybody left to get it', async () => {
  const child = await idler();
  expect(signalGroup(child.pid, 0)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(signalGroup(child.pid, 'SIGKILL')).toBe(false);
});

it.each([0, 1])('group %i is never signalled: it is our own, or everybody', (pid) => {
  expect(signalGroup(pid, 0)).toBe(false);
});
