import { close, open, read, readdir, readFile } from '../files/calls.ts';
import { readFlags } from '../files/private-files.ts';
import { seesOwnProcesses } from './place.ts';
import { ps } from './ps.ts';

/** The ids of processes, by the worker whose id they carry as `AWM_WORKER` in their environment. */
export type Tagged = ReadonlyMap<string, readonly number[]>;

/**
 * Finds the processes of all workers, as far as this user may see them. Callers share one search:
 * many workers that end at once cost one search, or two.
 * @throws Error when the list of processes cannot be read.
 */
export const taggedProcesses: () => Promise<Tagged> = shareSearch(() =>
  findTagged(process.platform),
);

/**
 * Returns a search that its callers share. A call during a search gets the next search, because the
 * running search may already have passed what the caller looks for.
 */
export function shareSearch<Found>(search: () => Promise<Found>): () => Promise<Found> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<Found> | undefined;
  const startNext = async () => {
    await running.catch(() => {});
    next = undefined;
    const found = search();
    running = found;
    return found;
  };
  return () => {
    next ??= startNext();
    return next;
  };
}

/** Finds the processes of all workers in the way of a platform. */
export async function findTagged(platform: NodeJS.Platform): Promise<Tagged> {
  const found = new Map<string, number[]>();
  const onProcess = (pid: number, tag: RegExpExecArray | null) => {
    const worker_id = tag?.[1];
    if (worker_id !== undefined) found.set(worker_id, [...(found.get(worker_id) ?? []), pid]);
  };
  // The pids of another namespace are those of other processes here.
  if (!(await seesOwnProcesses())) return found;
  await (platform === 'linux' ? searchProc(onProcess) : searchPs(onProcess));
  return found;
}

/** Gets the match of the tag in the environment of a process. */
type OnProcess = (pid: number, tag: RegExpExecArray | null) => void;

/** Between zero bytes, so that the words inside another value are no tag. */
const tagInProc = /(?:^|\0)AWM_WORKER=([^\0]*)/;

const tagInPs = /(?:^|\s)AWM_WORKER=(\S*)/;

/** Node reads four files at once. */
const concurrency = 4;

async function searchProc(onProcess: OnProcess): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).values();
  const searchNext = async () => {
    const buffer = Buffer.allocUnsafe(environmentBytes);
    for (const pid of pids) {
      // The environment of a process that exited, or of another user, cannot be read.
      const environment = await environmentOf(pid, buffer).catch(() => '');
      onProcess(Number(pid), tagInProc.exec(environment));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, searchNext));
}

/** Few environments are longer than this. */
const environmentBytes = 32 * 1024;

/** Reads in three calls; `readFile` takes five for a file without a size. */
async function environmentOf(pid: string, buffer: Buffer): Promise<string> {
  const path = `/proc/${pid}/environ`;
  const fd = await open(path, readFlags);
  try {
    const { bytesRead } = await read(fd, buffer, 0, buffer.length, 0);
    if (bytesRead < buffer.length) return buffer.toString('latin1', 0, bytesRead);
    return await readFile(path, 'latin1');
  } finally {
    await close(fd);
  }
}

/** `ps` with `e` shows the environment of this user's processes. */
async function searchPs(onProcess: OnProcess): Promise<void> {
  const rows = await ps(['axeww', '-o', 'pid=,command=']);
  for (const line of rows.split('\n')) onProcess(Number.parseInt(line, 10), tagInPs.exec(line));
}
