import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A text of the system that tells of memory: read at once at the start, and later without waiting. */
export interface MemoryText {
  readNow(): string;
  read(): Promise<string>;
}

/** How long a reading of memory is used, in milliseconds. */
const freshMs = 2_000;

/**
 * Returns a function that returns the bytes that are available. Node counts the caches of files as used
 * on macOS and in a container with a limit, but the system gives that memory away when it is wanted.
 */
export function memoryOf(platform: NodeJS.Platform, text = textOf(platform)): () => number {
  if (!text) return () => process.availableMemory();
  const bytesIn = platform === 'darwin' ? availableOnMac : withCaches;
  let latest = attempt(text.readNow);
  let readAt = Date.now();
  return () => {
    if (Date.now() - readAt > freshMs) {
      readAt = Date.now();
      void text.read().then(
        (found) => {
          latest = found;
        },
        () => {},
      );
    }
    return bytesIn(latest);
  };
}

function textOf(platform: NodeJS.Platform): MemoryText | undefined {
  if (platform === 'darwin') return vmStat;
  const limit = process.constrainedMemory();
  // Without a limit it is 0, or more than the machine has.
  if (platform !== 'linux' || limit <= 0 || limit >= 2 ** 60) return undefined;
  const path = cgroupStat(attempt(() => readFileSync('/proc/self/cgroup', 'utf8')));
  return { readNow: () => readFileSync(path, 'utf8'), read: () => readFile(path, 'utf8') };
}

const vmStat: MemoryText = {
  readNow: () => execFileSync('/usr/bin/vm_stat', { encoding: 'utf8' }),
  read: async () => (await promisify(execFile)('/usr/bin/vm_stat')).stdout,
};

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/** Returns the path of `memory.stat` of the cgroup that `/proc/self/cgroup` names. */
export function cgroupStat(cgroup: string): string {
  const [, path] = /^0::(.*)$/m.exec(cgroup) ?? [];
  const [, path1 = '/'] = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(cgroup) ?? [];
  return path === undefined
    ? join('/sys/fs/cgroup/memory', path1, 'memory.stat')
    : join('/sys/fs/cgroup', path, 'memory.stat');
}

/** Returns free memory and the cached files that are not in use, by `memory.stat` of the cgroup. */
export function withCaches(stat: string): number {
  const [, cached = '0'] = /^(?:total_)?inactive_file (\d+)$/m.exec(stat) ?? [];
  return process.availableMemory() + Number(cached);
}

/** Returns free pages and pages of caches, by `vm_stat`; what Node says when it gives none. */
export function availableOnMac(text: string): number {
  const [, size = '0'] = /page size of (\d+) bytes/.exec(text) ?? [];
  const pages = ['free', 'inactive', 'speculative'].map((kind) => {
    const [, count = '0'] = new RegExp(`^Pages ${kind}:\\s+(\\d+)`, 'm').exec(text) ?? [];
    return Number(count);
  });
  const bytes = Number(size) * pages.reduce((sum, count) => sum + count, 0);
  return Math.max(bytes, process.availableMemory());
}
