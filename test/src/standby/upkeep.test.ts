import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createUpkeep } from '../../../src/standby/upkeep.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An upkeep whose work ends when the test says so. */
function createStage(nextMs: () => number | undefined = () => undefined) {
  const ends: (() => void)[] = [];
  const work = vi.fn(() => new Promise<void>((resolve) => void ends.push(resolve)));
  return { upkeep: createUpkeep(work, nextMs), work, endWork: () => ends.shift()?.() };
}

describe('an upkeep', () => {
  it('does the work once, after the last delay that was scheduled', () => {
    const { upkeep, work } = createStage();
    upkeep.schedule(100);
    upkeep.schedule(500);
    vi.advanceTimersByTime(499);
    expect(work).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(work).toHaveBeenCalledOnce();
  });

  it('does work that becomes due while it runs afterwards, not at the same time', async () => {
    const { upkeep, work, endWork } = createStage();
    upkeep.schedule(1);
    await vi.advanceTimersByTimeAsync(1);
    upkeep.schedule(1);
    await vi.advanceTimersByTimeAsync(10);
    expect(work).toHaveBeenCalledOnce();
    endWork();
    await vi.advanceTimersByTimeAsync(0);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('keeps an earlier time that is scheduled while the work runs', async () => {
    const { upkeep, work, endWork } = createStage(() => 30_000);
    upkeep.schedule(1);
    await vi.advanceTimersByTimeAsync(1);
    upkeep.schedule(500);
    endWork();
    await vi.advanceTimersByTimeAsync(500);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('does the work again after the time that the work asks for', async () => {
    const { upkeep, work, endWork } = createStage(() => 1_000);
    upkeep.schedule(1);
    await vi.advanceTimersByTimeAsync(1);
    endWork();
    await vi.advanceTimersByTimeAsync(999);
    expect(work).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(1);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('does the work again after work that fails', async () => {
    const work = vi.fn(() => Promise.reject(new Error('It broke.')));
    const upkeep = createUpkeep(work, () => 1_000);
    upkeep.schedule(1);
    await vi.advanceTimersByTimeAsync(1_001);
    expect(work).toHaveBeenCalledTimes(2);
    await upkeep.close();
  });

  it('closes once its running work has ended, and works no more', async () => {
    const { upkeep, work, endWork } = createStage(() => 1);
    upkeep.schedule(1);
    await vi.advanceTimersByTimeAsync(1);
    const closed = vi.fn();
    const closing = upkeep.close().then(closed);
    await vi.advanceTimersByTimeAsync(10);
    expect(closed).not.toHaveBeenCalled();
    endWork();
    await closing;
    upkeep.schedule(1);
    await vi.advanceTimersByTimeAsync(10);
    expect(work).toHaveBeenCalledOnce();
  });
});
