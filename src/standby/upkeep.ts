/** Work that is done again and again, never twice at once. */
export interface Upkeep {
  /** Does the work after this many milliseconds, in place of what was scheduled before. */
  schedule(ms: number): void;
  /** Schedules no more work; resolves once the running work has ended. */
  close(): Promise<void>;
}

/**
 * Creates an upkeep. A failure of the work is ignored: the work is only ever a preparation.
 * @param nextMs returns after how many milliseconds the work is due again, or undefined for never.
 */
export function createUpkeep(work: () => Promise<void>, nextMs: () => number | undefined): Upkeep {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  /** True when the work became due again while it ran. */
  let isDue = false;
  let isClosed = false;

  const run = async () => {
    await work().catch(() => {});
    running = undefined;
    const ms = isDue ? 0 : nextMs();
    isDue = false;
    if (ms !== undefined && timer === undefined) schedule(ms);
  };
  const schedule = (ms: number) => {
    clearTimeout(timer);
    if (isClosed) return;
    timer = setTimeout(() => {
      timer = undefined;
      isDue = running !== undefined;
      running ??= run();
    }, ms).unref();
  };

  return {
    schedule,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
