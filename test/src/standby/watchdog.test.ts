import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { signalGroup } from '../../../src/processes/identity.ts';
import { watchGroup } from '../../../src/standby/watchdog.ts';

/** A server that starts a process in a group of its own and sets a guard over it. */
const server = `
import { spawn } from 'node:child_process';
import { watchGroup } from './src/standby/watchdog.ts';
const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
const guard = await watchGroup(child.pid);
if (process.argv.at(-1) === 'release') await guard.release();
console.log(child.pid);
setInterval(() => {}, 1000);
`;

/** Kills that server, and gives the group that it guarded. */
async function killServer(word: string): Promise<number> {
  const args = ['--import', 'tsx', '--input-type=module', '-e', server, '--', word];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [pid] = await once(createInterface(child.stdout), 'line');
  onTestFinished(() => void signalGroup(Number(pid), 'SIGKILL'));
  child.kill('SIGKILL');
  await once(child, 'exit');
  return Number(pid);
}

it('a group is killed when the server that guards it is', async () => {
  const group = await killServer('keep');
  await expect.poll(() => signalGroup(group, 0), { timeout: 10_000 }).toBe(false);
});

it('a group that was released outlives the server', async () => {
  const group = await killServer('release');
  // A guard over a second group is a witness: it goes the same way, and has gone.
  const witness = await killServer('keep');
  await expect.poll(() => signalGroup(witness, 0), { timeout: 10_000 }).toBe(false);
  expect(signalGroup(group, 0)).toBe(true);
});

it('releasing twice, or a group that has gone, is no error', async () => {
  const child = spawn('sleep', ['0'], { detached: true });
  const guard = await watchGroup(child.pid ?? 0);
  await once(child, 'exit');
  await expect(guard.release()).resolves.toBeUndefined();
  await expect(guard.release()).resolves.toBeUndefined();
});
