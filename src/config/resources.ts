import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { memoryOf } from './memory.ts';

/** The approximate memory of a running worker: 255 MB resident, of which 115 MB private (CLI 2.1.330). */
const workerBytes = 256 * 1024 ** 2;

/** The part of the machine that this process may use. A container or a service may limit it. */
export interface Machine {
  /** The number of cores. It is a fraction if a cgroup sets one. */
  readonly cores: number;
  /** Returns the bytes that are available now. */
  availableMemory(): number;
}

export function thisMachine(platform: NodeJS.Platform = process.platform): Machine {
  const cores = Math.min(availableParallelism(), quota(readText));
  // Node respects the memory limit of cgroups, but not their limit of cores.
  return { cores, availableMemory: memoryOf(platform) };
}

/** Returns four workers a core, because workers mostly wait for the API, within half of the memory. */
export function workersFor({ cores, availableMemory }: Machine): number {
  const byMemory = Math.floor(availableMemory() / 2 / workerBytes);
  return Math.max(2, Math.min(Math.ceil(cores * 4), byMemory));
}

/** True while memory is short, so that processes which only save time must end. */
export function isMemoryShort({ availableMemory }: Pick<Machine, 'availableMemory'>): boolean {
  return availableMemory() < Math.max(4 * workerBytes, totalmem() / 20);
}

type ReadText = (path: string) => string | undefined;

const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/**
 * Returns the number of cores that the cgroups of this process allow, or Infinity without a limit.
 * Sources: `cpu.max` in the kernel's cgroup-v2.rst, `cpu.cfs_quota_us` in its sched-bwc.rst.
 */
export function quota(read: ReadText): number {
  const lines = read('/proc/self/cgroup')?.split('\n') ?? [];
  const quotas = lines.flatMap((line) => {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === '') return [];
    if (controllers === '') return folders('/sys/fs/cgroup', path).map((at) => quotaOf2(read, at));
    const isCpu = controllers.split(',').includes('cpu');
    return isCpu ? folders('/sys/fs/cgroup/cpu', path).map((at) => quotaOf1(read, at)) : [];
  });
  return Math.min(Number.POSITIVE_INFINITY, ...quotas);
}

/** Returns the folder of a cgroup and its parents. In a container only the top one may exist. */
function folders(root: string, path: string): string[] {
  const above = path === '/' ? [] : folders(root, dirname(path));
  return [join(root, path), ...above];
}

function quotaOf2(read: ReadText, folder: string): number {
  return share(...(read(join(folder, 'cpu.max'))?.trim().split(' ') ?? []));
}

function quotaOf1(read: ReadText, folder: string): number {
  return share(read(join(folder, 'cpu.cfs_quota_us')), read(join(folder, 'cpu.cfs_period_us')));
}

/** Returns a limit in cores. "max" and -1 mean no limit. */
function share(allowed?: string, period?: string): number {
  const part = Number(allowed) / Number(period);
  return part > 0 ? part : Number.POSITIVE_INFINITY;
}
