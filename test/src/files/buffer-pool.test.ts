import { expect, it } from 'vitest';
import { withLentBuffer } from '../../../src/files/buffer-pool.ts';

it('four buffers do for any number of readers, also when some of them break', async () => {
  const buffers = new Set<Buffer>();
  const inUse = new Set<Buffer>();
  const readers = Array.from({ length: 50 }, (_, index) =>
    withLentBuffer(async (buffer) => {
      expect(inUse.has(buffer)).toBe(false);
      inUse.add(buffer);
      buffers.add(buffer);
      await new Promise(setImmediate);
      inUse.delete(buffer);
      if (index % 5 === 0) throw new Error('It broke.');
      return index;
    }),
  );
  const ends = await Promise.allSettled(readers);
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(40);
  expect(buffers.size).toBe(4);
});
