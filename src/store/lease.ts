import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { codeOf } from '../errors.ts';
import { unlessMissing } from './files.ts';

/** Which server owns a worker: a process, told apart from every other by its start time. */
export const leaseSchema = z.object({
  pid: z.int().positive(),
  start_time: z.string(),
  /** Milliseconds since 1970. */
  since: z.number(),
});

export type Lease = z.infer<typeof leaseSchema>;

/** Whether the owner of a lease is still there. */
export type IsAlive = (owner: Pick<Lease, 'pid' | 'start_time'>) => Promise<boolean>;

/**
 * Takes the lease at `path` for `own`, unless a living server has it. Of several servers that try
 * at once, exactly one succeeds.
 * @returns undefined when it is ours now, else the lease of the owner.
 */
export async function takeLease(
  path: string,
  own: Lease,
  isAlive: IsAlive,
): Promise<Lease | undefined> {
  const current = await readLease(path);
  if (current && isSame(current, own)) return undefined;
  if (current && (await isAlive(current))) return current;
  if (current && !(await bury(path, current, own))) return readLease(path);
  return (await createLease(path, own)) ? undefined : readLease(path);
}

/** Gives a lease up that is ours, or that belonged to a server that is no more. */
export async function dropLease(path: string, own: Lease, isAlive: IsAlive): Promise<void> {
  const current = await readLease(path);
  if (!current) return;
  if (isSame(current, own) || !(await isAlive(current))) await bury(path, current, own);
}

/** The lease at `path`, or undefined when there is none that can be read. */
export async function readLease(path: string): Promise<Lease | undefined> {
  const text = await unlessMissing(readFile(path, 'utf8'));
  if (text === undefined) return undefined;
  try {
    return leaseSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const isSame = (one: Lease, other: Lease): boolean =>
  one.pid === other.pid && one.start_time === other.start_time;

/** A link is made whole or not at all, and fails when the name is taken. */
async function createLease(path: string, own: Lease): Promise<boolean> {
  const draft = `${path}.${own.pid}`;
  await writeFile(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Moves a dead lease away. Should another server have replaced it meanwhile, its lease is put back. */
async function bury(path: string, dead: Lease, own: Lease): Promise<boolean> {
  const grave = `${path}.${own.pid}.dead`;
  try {
    await rename(path, grave);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
  const moved = await readLease(grave);
  const wasDead = moved === undefined || isSame(moved, dead);
  if (!wasDead) await link(grave, path).catch(() => {});
  await rm(grave, { force: true });
  return wasDead;
}
