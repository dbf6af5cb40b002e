import { basename, dirname } from 'node:path';
import * as z from 'zod';
import { codeOf } from '../errors.ts';
import { link, readdir, readText, rename, unlink, writeFile } from '../files/calls.ts';
import { readFlags, temporaryIn, unlessMissing } from '../files/private-files.ts';

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
 * exactly one succeeds: the owner is who made the numbered lease with the highest number, and of
 * those who make the same number only one can. `lease.json` at `path` tells people and other programs who that is.
 * @returns undefined when the worker is ours now, else the lease of its owner.
 */
export async function takeLease(
  path: string,
  own: Lease,
  isAlive: IsAlive,
): Promise<Lease | undefined> {
  for (;;) {
    const numbers = await leaseNumbers(path);
    const last = lastOf(numbers);
    const current = await readLease(last > 0 ? numbered(path, last) : path);
    if (current && isSame(current, own)) return undefined;
    if (current && (await isAlive(current))) return current;

    if (await become(path, { numbers, current }, own)) return undefined;
  }
}

/** What was there of a lease when its owner was found to be gone. */
interface Judged {
  numbers: number[];
  current: Lease | undefined;
}

/** Makes the next number, and ends those before it; false when somebody else came before. */
async function become(path: string, judged: Judged, own: Lease): Promise<boolean> {
  const next = lastOf(judged.numbers) + 1;
  const draft = temporaryIn(dirname(path));
  let isPlaced = false;
  try {
    await writeFile(draft, JSON.stringify(own), { mode: 0o600, flag: 'wx' });
    if (!(await create(numbered(path, next), draft))) return false;
    if (!(await isUnchanged(path, judged, next))) {
      await remove(numbered(path, next));
      return false;
    }
    await Promise.all(judged.numbers.map((number) => remove(numbered(path, number))));
    // Not synced: a lease is about processes, and none of them outlives a power cut.
    await rename(draft, path);
    isPlaced = true;
    return true;
  } finally {
    if (!isPlaced) await remove(draft);
  }
}

/**
 * Whether nobody has become the owner meanwhile, by any number: when a lease was given up they begin
 * at 1 again, so a server that slept may find that what it judged is gone, or is somebody else's by
 * now. Of two that make numbers, the later one sees that of the earlier.
 */
async function isUnchanged(
  path: string,
  { numbers, current }: Judged,
  next: number,
): Promise<boolean> {
  const found = await leaseNumbers(path);
  if (found.some((number) => number !== next && !numbers.includes(number))) return false;
  const last = lastOf(numbers);
  if (last === 0) return true;
  const again = await readLease(numbered(path, last));
  return found.includes(last) && isSame(again, current);
}

/** Gives a lease up that is ours, or that belonged to a server that is no more. */
export async function dropLease(path: string, own: Lease, isAlive: IsAlive): Promise<void> {
  const files = (await leaseNumbers(path)).map((number) => numbered(path, number));
  for (const file of [...files, path]) {
    const current = await readLease(file);
    if (!current || (!isSame(current, own) && (await isAlive(current)))) continue;
    await remove(file);
  }
}

/** The lease in a file, or undefined when there is none that can be read. */
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
  one?.pid === other?.pid && one?.start_time === other?.start_time;

const lastOf = (numbers: number[]): number => Math.max(0, ...numbers);

const numbered = (path: string, number: number): string => `${path}.${number}`;

async function leaseNumbers(path: string): Promise<number[]> {
  const prefix = `${basename(path)}.`;
  const names = (await unlessMissing(readdir(dirname(path)))) ?? [];
  return names
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)));
}

/** A link is made whole or not at all, and fails when the name is taken. */
async function create(path: string, draft: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  }
}
