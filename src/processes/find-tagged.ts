import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { close, open, read, readdir, readFile } from '../files/calls.ts';
import { readFlags } from '../files/private-files.ts';

/** The ids of processes, by the worker whose id they carry as `AWM_WORKER` in their environment. */
export type Tagged = ReadonlyMap<string, readonly number[]>;

let last: Promise<unknown> = Promise.resolve();
let next: Promise<Tagged> | undefined;

/**
 * The processes of all workers, as far as they can be seen. All who ask while others are being looked
 * for share the next look: many workers that end at once are one look, or two.
 * @throws Error when the list of processes cannot be read.
 */
export function taggedProcesses(): Promise<Tagged> {
  next ??= lookAfter(last);
  return next;
}

async function lookAfter(before: Promise<unknown>): Promise<Tagged> {
  await before.catch(() => {});
  // Who asks from now on may mean a process that this look has passed.
  next = undefined;
  const looking = look();
  last = looking;
  return looking;
}

async function look(): Promise<Tagged> {
  const found = new Map<string, number[]>();
  const note = (pid: number, tag: RegExpExecArray | null) => {
    const worker_id = tag?.[1];
    if (worker_id !== undefined) found.set(worker_id, [...(found.get(worker_id) ?? []), pid]);
  };
  await (process.platform === 'linux' ? lookInProc(note) : lookByPs(note));
  return found;
}

/** Takes what was found in the environment of a process. */
type Note = (pid: number, tag: RegExpExecArray | null) => void;

/** Between zero bytes, so that a value with such words in it is no tag. */
const tagInProc = /(?:^|\0)AWM_WORKER=([^\0]*)/;

const tagInPs = /(?:^|\s)AWM_WORKER=(\S*)/;

/** As many as Node does at once. */
const lanes = 4;

async function lookInProc(note: Note): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).values();
  const walk = async () => {
    const buffer = Buffer.allocUnsafe(environmentBytes);
    for (const pid of pids) {
      // One that has gone, or is somebody else's, has none.
      const environment = await environmentOf(pid, buffer).catch(() => '');
      note(Number(pid), tagInProc.exec(environment));
    }
  };
  await Promise.all(Array.from({ length: lanes }, walk));
}

/** Few environments are longer. */
const environmentBytes = 32 * 1024;

/** In three calls: to read a whole file that does not tell its size takes five. */
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

/** `ps` with `e` shows the environment of one's own processes. */
async function lookByPs(note: Note): Promise<void> {
  const { stdout } = await promisify(execFile)('ps', ['axeww', '-o', 'pid=,command=']);
  for (const line of stdout.split('\n')) note(Number.parseInt(line, 10), tagInPs.exec(line));
}
