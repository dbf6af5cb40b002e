import { expect, it } from 'vitest';
import { createBufferPool } from '../../../src/files/buffer-pool.ts';

it('a pool with a limit serves any number of users, also when some of them throw', async () => {
  const pool = createBufferPool({ bytes: 16, limit: 4, spare: 4 });
  const buffers = new Set<Buffer>();
  const inUse = new Set<Buffer>();
  const users = Array.from({ length: 50 }, (_, index) =>
    pool.use(async (buffer) => {
      expect(inUse.has(buffer)).toBe(false);
      inUse.add(buffer);
      buffers.add(buffer);
      await new Promise(setImmediate);
      inUse.delete(buffer);
      if (index % 5 === 0) throw new Error('It broke.');
      return index;
    }),
  );
  const ends = await Promise.allSettled(users);
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(40);
  expect(buffers.size).toBe(4);
});

it('a pool without a limit keeps no more idle buffers than its spare number', async () => {
  const pool = createBufferPool({ bytes: 16, spare: 2 });
  const useAtOnce = async (count: number) => {
    const buffers = new Set<Buffer>();
    const use = async (buffer: Buffer) => {
      buffers.add(buffer);
      await new Promise(setImmediate);
    };
    await Promise.all(Array.from({ length: count }, () => pool.use(use)));
    return buffers;
  };
  const first = await useAtOnce(5);
  const second = await useAtOnce(5);
  expect([first.size, second.size]).toEqual([5, 5]);
  expect([...first].filter((buffer) => second.has(buffer)).length).toBe(2);
});
