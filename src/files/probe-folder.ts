import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { link, stat, writeFile } from './calls.ts';
import { makeFifo } from './fifo.ts';

/** Returns a probe of a folder that is made until it has passed once. */
export function createProbe(folder: string): () => Promise<void> {
  let passed: Promise<void> | undefined;
  return () => {
    passed ??= probeFolder(folder).catch((error: unknown) => {
      passed = undefined;
      throw error;
    });
    return passed;
  };
}

/**
 * Checks in a folder of its own whether the file system of `folder` has what workers live on: file
 * modes, hard links for leases, and FIFOs. FAT, and some shared and network folders, do not have them.
 * @throws Error when one cannot be had there.
 */
async function probeFolder(folder: string): Promise<void> {
  const place = join(folder, `.probe-${process.pid}-${randomUUID()}`);
  const [file, other, fifo] = [
    join(place, 'probe'),
    join(place, 'probe-link'),
    join(place, 'probe-fifo'),
  ];
  await mkdir(place, { mode: 0o700 });
  try {
    await writeFile(file, '', { mode: 0o600, flag: 'wx' });
    if (isForOthers((await stat(file)).mode)) throw cannotHave('file modes', 'others may read it');
    await link(file, other).catch((error) => {
      throw cannotHave('hard links', error);
    });
    await makeFifo(fifo).catch((error) => {
      throw cannotHave('FIFOs', error);
    });
  } finally {
    await rm(place, { recursive: true, force: true }).catch(() => {});
  }
}

/** True when a file that was made for its owner only can be used by others. */
export const isForOthers = (mode: number): boolean => (mode & 0o077) !== 0;

function cannotHave(what: string, cause: unknown): Error {
  const reason = typeof cause === 'string' ? cause : messageOf(cause);
  return new Error(`its file system gives it no ${what} (${reason})`);
}
