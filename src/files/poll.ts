/** Calls back again and again; returns a function that ends the calls. */
export type Poll = (call: () => void) => () => void;

export interface PollInput {
  /** Within how many milliseconds every callback is called once. */
  roundMs: number;
  /** How many milliseconds lie between two steps of a round. */
  stepMs: number;
}

/**
 * Creates a poll. Its calls are spread over the steps of a round, so that 1,000 callbacks are never
 * due at once. One timer serves all callbacks, and does not keep the process alive.
 */
export function createPoll({ roundMs, stepMs }: PollInput): Poll {
  const callbacks = new Set<() => void>();
  let order = callbacks.values();
  let timer: NodeJS.Timeout | undefined;
  /** How many calls are overdue: less than one after each step. */
  let due = 0;

  const step = () => {
    due += (callbacks.size * stepMs) / roundMs;
    for (; due >= 1; due -= 1) {
      let next = order.next();
      if (next.done) {
        order = callbacks.values();
        next = order.next();
      }
      next.value?.();
    }
  };

  return (call) => {
    // The same function may be given twice; each subscription is separate.
    const callback = () => call();
    callbacks.add(callback);
    timer ??= setInterval(step, stepMs).unref();
    return () => {
      callbacks.delete(callback);
      if (callbacks.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
}
