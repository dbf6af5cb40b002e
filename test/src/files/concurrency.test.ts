import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eachOf } from '../../../src/files/concurrency.ts';

const items = fc.uniqueArray(fc.nat(99), { maxLength: 30 });

describe('actions for each of some items', () => {
  it('begin in the order of the items, with no more at once than may be, and all of them end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        items,
        fc.integer({ min: 1, max: 5 }),
        async (s, list, most) => {
          const begun: number[] = [];
          let underWay = 0;
          let highest = 0;
          const ended = eachOf(list, most, async (item) => {
            begun.push(item);
            underWay += 1;
            highest = Math.max(highest, underWay);
            await s.schedule(Promise.resolve(), String(item));
            underWay -= 1;
          });
          await s.waitFor(ended);
          expect(begun).toEqual(list);
          expect(highest).toBe(Math.min(most, list.length));
          expect(underWay).toBe(0);
        },
      ),
    );
  });

  it('are at an end with the first that fails, and that is told', async () => {
    const begun: number[] = [];
    const ended = eachOf([1, 2, 3], 1, async (item) => {
      begun.push(item);
      await setImmediate();
      if (item === 2) throw new Error('It failed.');
    });
    await expect(ended).rejects.toThrow('It failed.');
    expect(begun).toEqual([1, 2]);
  });
});
