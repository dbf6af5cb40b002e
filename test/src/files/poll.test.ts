import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { visit } from '../../../src/files/poll.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** So many who count how often they are called. */
function visitAll(size: number) {
  const counts = Array.from({ length: size }, () => 0);
  const ends = counts.map((_, index) =>
    visit(() => {
      counts[index] = (counts[index] ?? 0) + 1;
    }),
  );
  return { counts, end: () => ends.map((end) => end()) };
}

it('one alone is called every two seconds', () => {
  const { counts, end } = visitAll(1);
  vi.advanceTimersByTime(1_900);
  expect(counts).toEqual([0]);
  vi.advanceTimersByTime(8_200);
  expect(counts).toEqual([5]);
  end();
});

it('a thousand are each called once in two seconds, and never more than a twentieth at once', () => {
  const { counts, end } = visitAll(1_000);
  let [before, most] = [0, 0];
  for (let step = 0; step < 20; step += 1) {
    vi.advanceTimersByTime(100);
    const now = counts.reduce((sum, count) => sum + count, 0);
    most = Math.max(most, now - before);
    before = now;
  }
  expect(new Set(counts)).toEqual(new Set([1]));
  expect(most).toBe(50);
  end();
});

it('who is gone is not called, who came later is, and with the last the timer goes', () => {
  const first = visitAll(3);
  first.end();
  expect(vi.getTimerCount()).toBe(0);
  const second = visitAll(2);
  vi.advanceTimersByTime(4_100);
  expect(first.counts).toEqual([0, 0, 0]);
  expect(second.counts).toEqual([2, 2]);
  second.end();
});
