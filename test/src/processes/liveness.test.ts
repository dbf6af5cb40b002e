import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { giveUp } from '../../../src/processes/given-up.ts';
import { startTimeOf } from '../../../src/processes/identity.ts';
import { isHere, livenessOf } from '../../../src/processes/liveness.ts';
import { ownPlace } from '../../../src/processes/place.ts';

const here = await ownPlace();
const beside = { ...here, pid_namespace: 'pid:[1]', host: 'a container' };
const rebooted = { ...here, boot_id: 'an earlier start' };
const elsewhere = { host: 'another machine', boot_id: 'its start', pid_namespace: '' };
const self = { pid: process.pid, start_time: (await startTimeOf(process.pid)) ?? '' };
const other = { ...self, start_time: 'another' };

async function newSigns() {
  const folder = await mkdtemp(join(tmpdir(), 'awm-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return { stdin: join(folder, 'stdin'), givenUp: join(folder, 'given-up.json') };
}

it.each([
  ['of this place that runs is alive', { ...self, ...here }, 'alive'],
  ['of this place that has ended is gone', { ...other, ...here }, 'gone'],
  ['without a place that runs is alive', self, 'alive'],
  ['without a place that has ended is gone', other, 'gone'],
  ['of another namespace may run, whatever its pid is here', { ...self, ...beside }, 'unknown'],
  ['of another machine may run', { ...other, ...elsewhere }, 'unknown'],
  ['of this machine before its last start is gone', { ...self, ...rebooted }, 'gone'],
])('a process %s', async (_, process_, liveness) => {
  expect(await livenessOf(process_)).toBe(liveness);
});

it('the pid of another namespace is not the pid of a process here', async () => {
  expect(await isHere({ ...self, ...here })).toBe(true);
  expect(await isHere(self)).toBe(true);
  expect(await isHere({ ...self, ...beside })).toBe(false);
});

it('a claude of another namespace lives while a process has its FIFO open', async () => {
  const signs = await newSigns();
  const claude = { ...other, ...beside };
  expect(await livenessOf(claude, signs)).toBe('unknown');
  execFileSync('mkfifo', [signs.stdin]);
  expect(await livenessOf(claude, signs)).toBe('gone');
  const reader = await open(signs.stdin, constants.O_RDWR);
  expect(await livenessOf(claude, signs)).toBe('alive');
  await reader.close();
  expect(await livenessOf(claude, signs)).toBe('gone');
});

it('a claude of another machine is not judged by the FIFO, which no other kernel shares', async () => {
  const signs = await newSigns();
  execFileSync('mkfifo', [signs.stdin]);
  expect(await livenessOf({ ...other, ...elsewhere }, signs)).toBe('unknown');
});

it('a file in place of the FIFO tells nothing', async () => {
  const signs = await newSigns();
  await writeFile(signs.stdin, '');
  expect(await livenessOf({ ...other, ...beside }, signs)).toBe('unknown');
});

it('a process that a person has given up is gone, and no other process is', async () => {
  const signs = await newSigns();
  const [one, two] = [1, 2].map((pid) => ({ ...other, pid, ...elsewhere }));
  if (!one || !two) throw new Error('Expected two processes.');
  await giveUp(signs.givenUp, [one]);
  expect(await livenessOf(one, signs)).toBe('gone');
  expect(await livenessOf(two, signs)).toBe('unknown');
  await giveUp(signs.givenUp, [two]);
  expect(await livenessOf(one, signs)).toBe('gone');
  expect(await livenessOf(two, signs)).toBe('gone');
  await writeFile(signs.givenUp, 'no list');
  expect(await livenessOf(one, signs)).toBe('unknown');
});
