import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { signalGroup } from '../../../src/processes/identity.ts';
import { watchGroup } from '../../../src/standby/watchdog.ts';

/** A server that starts a process in a group of its own, and a watchdog for the group. */
const server = `
import { spawn } from 'node:child_process';
import { watchGroup } from './src/standby/watchdog.ts';
const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
const watchdog = await watchGroup(child.pid);
if (process.argv.at(-1) === 'release') await watchdog.release();
console.log(child.pid);
setInterval(() => {}, 1000);
`;

/** Kills that server; returns the group that it watched. */
async function killServer(word: string): Promise<number> {
  const args = ['--import', 'tsx', '--input-type=module', '-e', server, '--', word];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [pid] = await once(createInterface(child.stdout), 'line');
  onTestFinished(() => void signalGroup(Number(pid), 'SIGKILL'));
  child.kill('SIGKILL');
  await once(child, 'exit');
  return Number(pid);
}

it('a group is killed when its server is killed', async () => {
  const group = await killServer('keep');
  await expect.poll(() => signalGroup(group, 0), { timeout: 10_000 }).toBe(false);
});

it('a released group outlives its server', async () => {
  const group = await killServer('release');
  // A second watchdog, started later, has killed its group: the first had more time.
  const witness = await killServer('keep');
  await expect.poll(() => signalGroup(witness, 0), { timeout: 10_000 }).toBe(false);
  expect(signalGroup(group, 0)).toBe(true);
});

it('release resolves when the group has exited, and when it is called twice', async () => {
  const child = spawn('sleep', ['0'], { detached: true });
  const watchdog = await watchGroup(child.pid ?? 0);
  await once(child, 'exit');
  await expect(watchdog.release()).resolves.toBeUndefined();
  await expect(watchdog.release()).resolves.toBeUndefined();
});
