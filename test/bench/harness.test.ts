import { expect, it } from 'vitest';
import { interleave, percentile, spreadOf } from '../../bench/harness.ts';

it('subjects run alternately, and the first run of each does not count', async () => {
  const order: string[] = [];
  const subject = (name: string, values: (number | number[])[]) => async () => {
    order.push(name);
    return values.shift() ?? 0;
  };
  const samples = await interleave(
    { a: subject('a', [9, 1, 2]), b: subject('b', [9, [3, 4], 5]) },
    2,
  );
  expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(samples).toEqual({ a: [1, 2], b: [3, 4, 5] });
});

it('every run of warm subjects counts', async () => {
  let count = 0;
  const subject = async () => {
    count += 1;
    return count;
  };
  expect(await interleave({ subject }, 2, { areWarm: true })).toEqual({ subject: [1, 2] });
});

it('a percentile between two samples is interpolated', () => {
  expect(percentile([4, 1, 3, 2], 50)).toBe(2.5);
  expect(percentile([10, 20], 95)).toBe(19.5);
  expect(percentile([7], 95)).toBe(7);
  expect(() => percentile([], 50)).toThrow('There are no samples.');
});

it('a spread has the median, the 95th percentile, the minimum and the maximum, in any order of the samples', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, p95: 2.9, min: 1, max: 3, runs: 3 });
});
