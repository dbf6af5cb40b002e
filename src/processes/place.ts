import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { readFile, readlink } from '../files/calls.ts';

/** Where a process runs. Its id has a meaning only there. */
export interface Place {
  /** The name of the machine, or of the container. */
  host: string;
  /** One start of one kernel; '' where the system does not tell it. */
  boot_id: string;
  /** The set of processes that see each other; '' where the system has only one. */
  pid_namespace: string;
}

/** A process, with its place if the record of it names one: records of earlier versions do not. */
export interface Identity extends Unplaced<Place> {
  pid: number;
  start_time: string;
}

/** Each field may be missing, or undefined. */
type Unplaced<Fields> = { [Name in keyof Fields]?: Fields[Name] | undefined };

/**
 * A place as seen from this process. `here`: its processes are in our list. `beside`: the same kernel
 * runs it, in a list that we cannot read. `ended`: its machine was started again. `elsewhere`: another
 * machine, of which nothing is known.
 */
export type Distance = 'here' | 'beside' | 'ended' | 'elsewhere';

/** Returns how far a place is from `own`. A lease of an earlier version names no place, and is judged as near. */
export function distanceOf(
  own: Place,
  { host, boot_id, pid_namespace }: Unplaced<Place>,
): Distance {
  if (boot_id === undefined) return 'here';
  if (boot_id === own.boot_id) return pid_namespace === own.pid_namespace ? 'here' : 'beside';
  return host === own.host ? 'ended' : 'elsewhere';
}

/** Returns the place of this process. It never changes, so it is read once. */
export const ownPlace: () => Promise<Place> = once(() => readPlace(process.platform));

/**
 * True when `/proc` lists the processes of our own namespace. In a new namespace without a new
 * `/proc`, its numbers are those of other processes.
 */
export const seesOwnProcesses: () => Promise<boolean> = once(async () => {
  if (process.platform !== 'linux') return true;
  return (await readlink('/proc/self').catch(() => '')) === String(process.pid);
});

/** Reads the place of this process on a platform. */
export async function readPlace(platform: NodeJS.Platform): Promise<Place> {
  const [boot_id, pid_namespace] = await (platform === 'linux'
    ? Promise.all([
        readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
        readlink('/proc/self/ns/pid').catch(() => ''),
      ])
    : Promise.all([bootSession(), '']));
  return { host: hostname(), boot_id: boot_id.trim(), pid_namespace };
}

/** Reads the id of this start of macOS; '' where it cannot be read. */
async function bootSession(): Promise<string> {
  const reading = promisify(execFile)('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']);
  return reading.then(
    ({ stdout }) => stdout,
    () => '',
  );
}

/** Returns a function that reads a value at its first call only. */
function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let reading: Promise<Value> | undefined;
  return () => {
    reading ??= read();
    return reading;
  };
}

/** Words where a server or a process is that cannot be seen from here. */
export function whereIs(own: Place, place: Unplaced<Place>): string {
  const { host = '' } = place;
  const kind =
    distanceOf(own, place) === 'elsewhere' ? 'on the host' : 'in the container or namespace';
  const namespace = place.pid_namespace ? `, ${place.pid_namespace}` : '';
  return `${kind} "${host}"${namespace}`;
}
