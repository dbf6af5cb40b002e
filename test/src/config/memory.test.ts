import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { availableOnMac, cgroupStat, memoryOf, withCaches } from '../../../src/config/memory.ts';
import { workersFor } from '../../../src/config/resources.ts';

const GiB = 1024 ** 3;

/** A Mac with 16 GiB, most of it caches: free, as Node reads it, are 0.3 GiB. */
const vmStat = (inactive: number) => `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               19660.
Pages active:                            385021.
Pages inactive:                          ${inactive}.
Pages speculative:                         1822.
Pages throttled:                              0.
Pages wired down:                        142331.
Pages purgeable:                           4096.
`;

function freeIs(bytes: number) {
  vi.spyOn(process, 'availableMemory').mockReturnValue(bytes);
  onTestFinished(() => void vi.restoreAllMocks());
}

describe('the available memory of macOS', () => {
  it('counts caches, so that more than two workers have room', () => {
    freeIs(0.3 * GiB);
    const text = vmStat(400_000);
    const availableMemory = memoryOf('darwin', { readNow: () => text, read: async () => text });
    expect(availableMemory()).toBe((19_660 + 400_000 + 1_822) * 16_384);
    expect(workersFor({ cores: 2, availableMemory })).toBe(8);
  });

  it('is read again when it is asked for later', async () => {
    freeIs(0);
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const read = vi.fn(async () => vmStat(20));
    const availableMemory = memoryOf('darwin', { readNow: () => vmStat(10), read });
    expect(availableMemory()).toBe((19_660 + 10 + 1_822) * 16_384);
    expect(read).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2_001);
    availableMemory();
    await Promise.resolve();
    expect(availableMemory()).toBe((19_660 + 20 + 1_822) * 16_384);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('is what Node says where vm_stat cannot be read', () => {
    freeIs(GiB);
    const readNow = () => {
      throw new Error('not found');
    };
    expect(memoryOf('darwin', { readNow, read: async () => '' })()).toBe(GiB);
    expect(availableOnMac('')).toBe(GiB);
  });
});

describe('the available memory of a cgroup with a limit', () => {
  it.each([
    ['of version 2', 'anon 1\nfile 900\ninactive_file 800\n'],
    ['of version 1', 'cache 900\ntotal_inactive_file 800\n'],
  ])('%s counts cached files that are not in use', (_, stat) => {
    freeIs(100);
    expect(withCaches(stat)).toBe(900);
    expect(memoryOf('linux', { readNow: () => stat, read: async () => stat })()).toBe(900);
  });

  it.each([
    ['0::/user.slice/app.service\n', '/sys/fs/cgroup/user.slice/app.service/memory.stat'],
    ['0::/\n', '/sys/fs/cgroup/memory.stat'],
    ['4:cpu,cpuacct:/a\n5:memory:/b\n', '/sys/fs/cgroup/memory/b/memory.stat'],
  ])('is told by the cgroup in %j', (cgroup, path) => {
    expect(cgroupStat(cgroup)).toBe(path);
  });
});
