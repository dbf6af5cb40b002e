import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

/** About what a running worker takes: 255 MB resident, of which 115 MB private (CLI 2.1.330). */
const workerBytes = 256 * 1024 ** 2;

/** The machine as far as this process may use it: a container or a service may have but a part. */
export interface Machine {
  /** Cores, as a fraction where a cgroup gives one. */
  readonly cores: number;
  /** Bytes that can still be taken, now. */
  availableMemory(): number;
}

export function thisMachine(): Machine {
  const cores = Math.min(availableParallelism(), quota(readText));
  // Node heeds the memory that cgroups leave, but not their share of the cores.
  return { cores, availableMemory: () => process.availableMemory() };
}

/** Four a core, as workers mostly wait for the API, and no more than half of the memory holds. */
export function workersFor({ cores, availableMemory }: Machine): number {
  const byMemory = Math.floor(availableMemory() / 2 / workerBytes);
  return Math.max(2, Math.min(Math.ceil(cores * 4), byMemory));
}

/** Whether what is only there to be faster has to give its memory back. */
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
 * The cores that the cgroups of this process leave it, infinitely many when they say nothing.
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

/** A cgroup's folder and those above it; inside a container only the uppermost may be there. */
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

/** "max" and -1 stand for no limit. */
function share(allowed?: string, period?: string): number {
  const part = Number(allowed) / Number(period);
  return part > 0 ? part : Number.POSITIVE_INFINITY;
}
