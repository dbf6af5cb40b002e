import { basename, dirname } from 'node:path';
import * as z from 'zod';
import { codeOf } from '../errors.ts';
import { link, readdir, readText, rename, unlink, writeFile } from '../files/calls.ts';
import { readFlags, temporaryIn, unlessMissing } from '../files/private-files.ts';
import { nameOf } from '../processes/given-up.ts';
import type { Liveness } from '../processes/liveness.ts';

const leaseSchema = z.object({
  pid: z.int().positive(),
  start_time: z.string(),
  // The files of earlier versions name no place.
  host: z.string().optional(),
  boot_id: z.string().optional(),
  pid_namespace: z.string().optional(),
  /** Milliseconds since 1970. */
  since: z.number(),
});

/**
 * The server that owns a worker: its process id, its start time, as process ids are used again, and the
 * place where that id has a meaning.
 */
export type Lease = z.infer<typeof leaseSchema>;

/** Returns whether the owner of a lease runs. An owner of whom that is unknown keeps its lease. */
export type Judge = (owner: Lease) => Promise<Liveness>;

/**
 * Takes a worker for `own`, unless its owner lives or cannot be seen from here. The owner is the server
 * that made the numbered lease file with the highest number. Each number can be made only once, so of
 * several servers that try together exactly one succeeds. People and other programs read `lease.json` at `path`.
 * @returns undefined when `own` has the worker now, else the lease of its owner.
 */
export async function takeLease(
  path: string,
  own: Lease,
  judge: Judge,
): Promise<Lease | undefined> {
  for (;;) {
    const numbers = await leaseNumbers(path);
    const current = await currentOf(path, numbers);
    if (current && isSame(current, own)) return undefined;
    if (current && (await judge(current)) !== 'gone') return current;

    if (await makeNextLease(path, { numbers, current }, own)) return undefined;
  }
}

/** The lease files of a worker at the moment when its owner was not alive. */
interface DeadLease {
  numbers: number[];
  current: Lease | undefined;
}

/** Makes the lease with the next number and removes all earlier ones; false if another server was faster. */
async function makeNextLease(path: string, dead: DeadLease, own: Lease): Promise<boolean> {
  const next = lastOf(dead.numbers) + 1;
  const draft = await temporaryIn(dirname(path));
  let isPlaced = false;
  try {
    await writeFile(draft, JSON.stringify(own), { mode: 0o600, flag: 'wx' });
    if (!(await create(numbered(path, next), draft))) return false;
    if (!(await isUnchanged(path, dead, next))) {
      await remove(numbered(path, next));
      return false;
    }
    await Promise.all(dead.numbers.map((number) => remove(numbered(path, number))));
    // Not synced: a power cut also ends the processes that a lease names.
    await rename(draft, path);
    isPlaced = true;
    return true;
  } finally {
    if (!isPlaced) await remove(draft);
  }
}

/**
 * True if no other server made or gave up a lease since `dead` was read. The check is necessary because
 * numbers begin at 1 again after a release: a slow server may find that its file is gone, or that
 * another server has it now. Of two servers that make numbers, the later one sees the earlier number.
 */
async function isUnchanged(
  path: string,
  { numbers, current }: DeadLease,
  next: number,
): Promise<boolean> {
  const found = await leaseNumbers(path);
  if (found.some((number) => number !== next && !numbers.includes(number))) return false;
  const last = lastOf(numbers);
  if (last === 0) return true;
  const again = await readLease(numbered(path, last));
  return found.includes(last) && isSame(again, current);
}

/** Gives up our own lease, or the lease of a server that is known to be gone. */
export async function dropLease(path: string, own: Lease, judge: Judge): Promise<void> {
  const files = (await leaseNumbers(path)).map((number) => numbered(path, number));
  for (const file of [...files, path]) {
    const current = await readLease(file);
    if (!current || (!isSame(current, own) && (await judge(current)) !== 'gone')) continue;
    await remove(file);
  }
}

/** Returns the lease of the server that owns a worker. */
export async function readOwner(path: string): Promise<Lease | undefined> {
  return currentOf(path, await leaseNumbers(path));
}

async function currentOf(path: string, numbers: number[]): Promise<Lease | undefined> {
  const last = lastOf(numbers);
  return readLease(last > 0 ? numbered(path, last) : path);
}

/** Reads the lease in a file; undefined when the file is missing or not valid. */
export async function readLease(path: string): Promise<Lease | undefined> {
  const text = await unlessMissing(readText(path, readFlags));
  try {
    return text === undefined ? undefined : leaseSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const remove = (path: string): Promise<void> => unlessMissing(unlink(path));

const isSame = (one: Lease | undefined, other: Lease | undefined): boolean =>
  (one && nameOf(one)) === (other && nameOf(other));

const lastOf = (numbers: number[]): number => Math.max(0, ...numbers);

const numbered = (path: string, number: number): string => `${path}.${number}`;

async function leaseNumbers(path: string): Promise<number[]> {
  const prefix = `${basename(path)}.`;
  const names = (await unlessMissing(readdir(dirname(path)))) ?? [];
  return names
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)));
}

/** Makes a file by a hard link, which is atomic; false when the name exists. */
async function create(path: string, draft: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  }
}
