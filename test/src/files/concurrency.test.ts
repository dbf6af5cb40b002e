import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eachOf } from '../../../src/files/concurrency.ts';

const items = fc.uniqueArray(fc.nat(99), { maxLength: 30 });

describe('eachOf', () => {
  it('starts the calls in the order of the items, never more at once than the limit, and resolves after the last', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        items,
        fc.integer({ min: 1, max: 5 }),
        async (scheduler, list, limit) => {
          const started: number[] = [];
          let running = 0;
          let highest = 0;
          const ended = eachOf(list, limit, async (item) => {
            started.push(item);
            running += 1;
            highest = Math.max(highest, running);
            await scheduler.schedule(Promise.resolve(), String(item));
            running -= 1;
          });
          await scheduler.waitFor(ended);
          expect(started).toEqual(list);
          expect(highest).toBe(Math.min(limit, list.length));
          expect(running).toBe(0);
        },
      ),
    );
  });

  it.each([1, 2])(
    'with a limit of %i rejects with the first error and starts no further call',
    async (limit) => {
      const started: number[] = [];
      const ended = eachOf([1, 2, 3, 4, 5], limit, async (item) => {
        started.push(item);
        await setImmediate();
        if (item === 1) throw new Error('It failed.');
      });
      await expect(ended).rejects.toThrow('It failed.');
      await setImmediate();
      expect(started).toEqual([1, 2].slice(0, limit));
    },
  );
});
