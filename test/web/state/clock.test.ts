import { expect, it, onTestFinished, vi } from 'vitest';
import { now, syncClock } from '../../../web/state/clock.ts';

it("the clock follows the server's time, once a second", () => {
  vi.useFakeTimers({ now: 100_000 });
  onTestFinished(() => void vi.useRealTimers());
  syncClock(5_000, false);
  expect(now.value).toBe(5_000);
  vi.advanceTimersByTime(2_000);
  expect(now.value).toBe(7_000);
  syncClock(6_000, false);
  vi.advanceTimersByTime(1_000);
  expect(now.value).toBe(7_000);
});

it('the clock does not move in a recorded run', () => {
  vi.useFakeTimers({ now: 100_000 });
  onTestFinished(() => void vi.useRealTimers());
  syncClock(5_000, false);
  syncClock(9_000, true);
  vi.advanceTimersByTime(3_000);
  expect(now.value).toBe(9_000);
  expect(vi.getTimerCount()).toBe(0);
});
