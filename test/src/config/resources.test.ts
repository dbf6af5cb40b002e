import { describe, expect, it } from 'vitest';
import { isMemoryShort, quota, workersFor } from '../../../src/config/resources.ts';

const GiB = 1024 ** 3;

const read = (files: Record<string, string>) => (path: string) => files[path];

describe('the cores that cgroups allow', () => {
  it.each([
    ['are not limited where there are none', {}, Number.POSITIVE_INFINITY],
    [
      'are those of version 2, the least of all levels',
      {
        '/proc/self/cgroup': '0::/user.slice/app.service\n',
        '/sys/fs/cgroup/user.slice/cpu.max': '150000 100000\n',
        '/sys/fs/cgroup/user.slice/app.service/cpu.max': 'max 100000\n',
      },
      1.5,
    ],
    [
      'are those at the top inside a container',
      { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '50000 100000\n' },
      0.5,
    ],
    [
      'are those of version 1',
      {
        '/proc/self/cgroup': '5:memory:/a\n4:cpu,cpuacct:/a\n',
        '/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us': '200000\n',
        '/sys/fs/cgroup/cpu/a/cpu.cfs_period_us': '100000\n',
      },
      2,
    ],
    [
      'are not limited by -1',
      {
        '/proc/self/cgroup': '4:cpu,cpuacct:/\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      },
      Number.POSITIVE_INFINITY,
    ],
  ])('%s', (_, files, cores) => {
    expect(quota(read(files))).toBe(cores);
  });
});

describe('the number of workers at once', () => {
  it.each([
    ['as four for each core, where there is memory', 2, 24 * GiB, 8],
    ['as half of the memory holds', 8, 4 * GiB, 8],
    ['as a part of a core can serve', 0.75, 24 * GiB, 3],
    ['as two, however small the machine is', 0.1, 0, 2],
  ])('%s', (_, cores, memory, workers) => {
    expect(workersFor({ cores, availableMemory: () => memory })).toBe(workers);
  });
});

it('memory is short when it has room for only a few more workers', () => {
  expect(isMemoryShort({ availableMemory: () => GiB / 2 })).toBe(true);
  expect(isMemoryShort({ availableMemory: () => 2 ** 50 })).toBe(false);
});
