import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { codeOf } from '../errors.ts';
import { readFlags, temporaryIn, unlessMissing } from './files.ts';

const leaseSchema = z.object({
  pid: z.int().positive(),
  start_time: z.string(),
  /** Milliseconds since 1970. */
  since: z.number(),
});

/** Which server owns a worker: a process, told apart from every other by its start time. */
export type Lease = z.infer<typeof leaseSchema>;

/** Whether the owner of a lease is still there. */
export type IsAlive = (owner: Pick<Lease, 'pid' | 'start_time'>) => Promise<boolean>;

/**
 * Takes a worker for `own`, unless a living server has it. Of several servers that try at once,
 * exactly one succeeds: the owner is who made the numbered lease with the highest number, and a
 * number can be made only once. `lease.json` at `path` tells people and other programs who that is.
 * @returns undefined when the worker is ours now, else the lease of its owner.
 */
export async function takeLease(
  path: string,
  own: Lease,
  isAlive: IsAlive,
): Promise<Lease | undefined> {
  for (;;) {
    const { numbers, isThere } = await leasesAt(path);
    const last = Math.max(0, ...numbers);
    const current = last > 0 || isThere ? await readLease(fileOf(path, last)) : undefined;
    if (current && isSame(current, own)) return undefined;
    if (current && (await isAlive(current))) return current;
    if (await takeNumber(path, last + 1, own)) {
      await Promise.all(numbers.map((number) => rm(fileOf(path, number), { force: true })));
      return undefined;
    }
  }
}

/** One draft becomes the numbered lease by a link, and `lease.json` by its new name. */
async function takeNumber(path: string, number: number, own: Lease): Promise<boolean> {
  const draft = temporaryIn(dirname(path));
  // Not synced: after a power cut no owner lives, whatever the lease says.
  await writeFile(draft, JSON.stringify(own), { mode: 0o600, flag: 'wx' });
  let isOurs = false;
  try {
    if (!(await linked(draft, fileOf(path, number)))) return false;
    // A server that slept for long may have made a number that was used and given up meanwhile.
    if ((await leasesAt(path)).numbers.some((other) => other > number)) {
      await rm(fileOf(path, number), { force: true });
      return false;
    }
    await rename(draft, path);
    isOurs = true;
    return true;
  } finally {
    if (!isOurs) await rm(draft, { force: true });
  }
}

/** Gives a lease up that is ours, or that belonged to a server that is no more. */
export async function dropLease(path: string, own: Lease, isAlive: IsAlive): Promise<void> {
  const { numbers } = await leasesAt(path);
  const files = numbers.map((number) => fileOf(path, number));
  for (const file of [...files, path]) {
    const current = await readLease(file);
    if (!current || (!isSame(current, own) && (await isAlive(current)))) continue;
    await rm(file, { force: true });
  }
}

/** The lease in a file, or undefined when there is none that can be read. */
export async function readLease(path: string): Promise<Lease | undefined> {
  const text = await unlessMissing(readFile(path, { encoding: 'utf8', flag: readFlags }));
  try {
    return text === undefined ? undefined : leaseSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const isSame = (one: Lease, other: Lease): boolean =>
  one.pid === other.pid && one.start_time === other.start_time;

/** The file of a numbered lease; 0 is the one without a number. */
const fileOf = (path: string, number: number): string =>
  number === 0 ? path : `${path}.${number}`;

/** The numbers of the leases there are, and whether there is one without. */
async function leasesAt(path: string): Promise<{ numbers: number[]; isThere: boolean }> {
  const name = basename(path);
  const names = (await unlessMissing(readdir(dirname(path)))) ?? [];
  const endings = names
    .filter((other) => other.startsWith(`${name}.`))
    .map((other) => other.slice(name.length + 1));
  return {
    numbers: endings.filter((ending) => /^\d+$/.test(ending)).map(Number),
    isThere: names.includes(name),
  };
}

/** A link is made whole or not at all, and fails when the name is taken. */
async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  }
}
