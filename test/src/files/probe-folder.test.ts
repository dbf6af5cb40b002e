import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createProbe, isForOthers } from '../../../src/files/probe-folder.ts';
import { temporaryFolder } from '../fixtures.ts';

/** Puts a `mkfifo` first in PATH that fails as on a file system without FIFOs; returns its folder. */
async function refuseFifos(): Promise<string> {
  const folder = join(await temporaryFolder(), 'bin');
  await mkdir(folder);
  const words = 'mkfifo: cannot create fifo: Operation not permitted';
  await writeFile(join(folder, 'mkfifo'), `#!/bin/sh\necho '${words}' >&2\nexit 1\n`);
  await chmod(join(folder, 'mkfifo'), 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  return folder;
}

it('a probe passes on this file system, and leaves nothing behind', async () => {
  const folder = await temporaryFolder();
  await createProbe(folder)();
  expect(await readdir(folder)).toEqual([]);
});

it('a probe says in one sentence that no FIFO can be had, leaves nothing behind, and is made again', async () => {
  const folder = await temporaryFolder();
  const probe = createProbe(folder);
  const bin = await refuseFifos();
  await expect(probe()).rejects.toThrow(
    'its file system gives it no FIFOs (mkfifo: cannot create fifo: Operation not permitted)',
  );
  expect(await readdir(folder)).toEqual([]);
  await rm(bin, { recursive: true });
  await probe();
});

it('a probe that has passed is not made again', async () => {
  const probe = createProbe(await temporaryFolder());
  await probe();
  await refuseFifos();
  await probe();
});

it.each([
  [0o100777, true],
  [0o100644, true],
  [0o100600, false],
])('a file with the mode %i is for others: %s', (mode, expected) => {
  expect(isForOthers(mode)).toBe(expected);
});
