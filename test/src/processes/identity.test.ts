import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { isAlive, signalGroup, startTimeOf } from '../../../src/processes/identity.ts';

/** Starts an idle process in its own process group; the test ends it. */
async function startIdle(): Promise<ChildProcess & { pid: number }> {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error('sleep was not started.');
  onTestFinished(() => void child.kill('SIGKILL'));
  return Object.assign(child, { pid });
}

it('startTimeOf returns the same time while a process lives, and undefined after its end', async () => {
  const child = await startIdle();
  const start_time = await startTimeOf(child.pid);
  expect(start_time).toMatch(/\d/);
  expect(await startTimeOf(child.pid)).toBe(start_time);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await startTimeOf(child.pid)).toBeUndefined();
});

it('startTimeOf on macOS is the same in every time zone and language, and undefined after the end', async () => {
  const child = await startIdle();
  onTestFinished(() => void vi.unstubAllEnvs());
  const times: (string | undefined)[] = [];
  for (const zone of ['UTC', 'Asia/Tokyo', 'America/New_York']) {
    vi.stubEnv('TZ', zone);
    times.push(await startTimeOf(child.pid, 'darwin'));
  }
  expect(times[0]).toMatch(/\d\d:\d\d:\d\d/);
  expect(times).toEqual([times[0], times[0], times[0]]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await startTimeOf(child.pid, 'darwin')).toBeUndefined();
});

it('isAlive is true only with the start time of the process, because ids are reused', async () => {
  const { pid } = await startIdle();
  const start_time = (await startTimeOf(pid)) ?? '';
  expect(await isAlive({ pid, start_time })).toBe(true);
  expect(await isAlive({ pid, start_time: `${start_time}0` })).toBe(false);
  expect(await isAlive({ pid, start_time: '' })).toBe(false);
});

it('isAlive is false for an ended process, with and without its start time', async () => {
  const child = await startIdle();
  const start_time = (await startTimeOf(child.pid)) ?? '';
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await isAlive({ pid: child.pid, start_time })).toBe(false);
  expect(await isAlive({ pid: child.pid, start_time: '' })).toBe(false);
});

it.each(['linux', 'darwin'] as const)(
  'startTimeOf returns undefined for a zombie on %s',
  async (platform) => {
    // The shell is replaced by a program that never waits for its child, so the child stays a zombie.
    const script = 'exec 3<&0; cat <&3 & echo $!; exec sleep 600 3<&-';
    const parent = spawn('sh', ['-c', script], { detached: true });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [output] = await once(parent.stdout, 'data');
    const pid = Number(output);
    const read = (column: string, of = pid) =>
      execFileSync('ps', ['-o', `${column}=`, '-p', String(of)], { encoding: 'utf8' });
    // The shell itself would wait for the child, so the child ends only after that.
    while (!read('comm', parent.pid).startsWith('sleep')) await setTimeout(5);
    parent.stdin.end();
    while (!read('stat').startsWith('Z')) await setTimeout(5);
    expect(await startTimeOf(pid, platform)).toBeUndefined();
  },
);

it('signalGroup reaches every process of a group', async () => {
  const leader = spawn('sh', ['-c', 'sleep 600 & echo $!; wait'], { detached: true });
  onTestFinished(() => void leader.kill('SIGKILL'));
  const [output] = await once(leader.stdout, 'data');
  const member = Number(output);
  const pid = leader.pid ?? 0;
  expect(signalGroup(pid, 0)).toBe(true);
  expect(await startTimeOf(member)).toBeDefined();
  // The pipe closes when the last process of the group ends.
  const closed = once(leader, 'close');
  expect(signalGroup(pid, 'SIGKILL')).toBe(true);
  await closed;
  expect(await startTimeOf(member)).toBeUndefined();
});

it('signalGroup returns false for a group without processes', async () => {
  const child = await startIdle();
  expect(signalGroup(child.pid, 0)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(signalGroup(child.pid, 'SIGKILL')).toBe(false);
});

it.each([0, 1])(
  'signalGroup never signals group %i: it means our own group, or all processes',
  (pid) => {
    expect(signalGroup(pid, 0)).toBe(false);
  },
);
