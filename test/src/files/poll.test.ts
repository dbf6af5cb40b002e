import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPoll } from '../../../src/files/poll.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Polls with that many callbacks; returns how often each was called. */
function pollWith(size: number) {
  const poll = createPoll({ roundMs: 2_000, stepMs: 100 });
  const counts = Array.from({ length: size }, () => 0);
  const ends = counts.map((_, index) =>
    poll(() => {
      counts[index] = (counts[index] ?? 0) + 1;
    }),
  );
  return { counts, end: () => ends.map((end) => end()) };
}

it('a poll calls one callback every two seconds', () => {
  const { counts, end } = pollWith(1);
  vi.advanceTimersByTime(1_900);
  expect(counts).toEqual([0]);
  vi.advanceTimersByTime(8_200);
  expect(counts).toEqual([5]);
  end();
});

it('a poll calls each of 1,000 callbacks once in two seconds, a twentieth of them at a step', () => {
  const { counts, end } = pollWith(1_000);
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

it('a poll drops a callback that is unsubscribed, and its timer with the last callback', () => {
  const poll = createPoll({ roundMs: 2_000, stepMs: 100 });
  const [dropped, kept] = [vi.fn(), vi.fn()];
  const endDropped = poll(dropped);
  const endKept = poll(kept);
  endDropped();
  vi.advanceTimersByTime(4_100);
  expect(dropped).not.toHaveBeenCalled();
  expect(kept).toHaveBeenCalledTimes(2);
  endKept();
  expect(vi.getTimerCount()).toBe(0);
  const endAgain = poll(kept);
  vi.advanceTimersByTime(2_000);
  expect(kept).toHaveBeenCalledTimes(3);
  endAgain();
});
