import fc from 'fast-check';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { joinProgress } from '../../../src/manager/progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

/** Says lines after pauses in milliseconds; returns what is sent, and when. */
async function sent(steps: [pause: number, line: string][], fails = false) {
  const seen: { line: string; t: number }[] = [];
  const send = (line: string) => seen.push({ line, t: Date.now() });
  const action = joinProgress(send, async (say) => {
    for (const [pause, line] of steps) {
      await vi.advanceTimersByTimeAsync(pause);
      say(line);
    }
    if (fails) throw new Error('cancelled');
  });
  await action.catch(() => {});
  const atEnd = seen.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen).toHaveLength(atEnd);
  return seen;
}

it('lines are a second apart but for the last, which tells the last state', async () => {
  const step = fc.tuple(fc.nat({ max: 2_500 }), fc.constantFrom('a', 'b', 'c', 'd'));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const seen = await sent(steps);
      const gaps = seen.map(({ t }, index) => t - (seen[index - 1]?.t ?? 0)).slice(1, -1);
      for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1_000);
      expect(seen[0]?.line).toBe(steps[0]?.[1]);
      expect(seen.at(-1)?.line).toBe(steps.at(-1)?.[1]);
    }),
  );
});

it('a burst sends its first line, and its last one within a second', async () => {
  const burst = Array.from({ length: 100 }, (_, n): [number, string] => [5, `${n} of 100`]);
  const seen = await sent([...burst, [5_000, '100 of 100']]);
  expect(seen.map(({ line }) => line)).toEqual(['0 of 100', '99 of 100', '100 of 100']);
});

it('an action that fails sends no more', async () => {
  const seen = await sent(
    [
      [0, 'a'],
      [1, 'b'],
    ],
    true,
  );
  expect(seen.map(({ line }) => line)).toEqual(['a']);
});
