/** How long it takes to come round to everybody, and between two steps on the way, in milliseconds. */
const [roundMs, stepMs] = [2_000, 100];

const visited = new Set<() => void>();
let way = visited.values();
let timer: NodeJS.Timeout | undefined;
/** How many should have been called by now and were not: less than one after each step. */
let due = 0;

/**
 * Calls back every two seconds or so, until that is ended by what this returns. All who ask are
 * called in turn, some at each step: a thousand timers of their own would all be due at once.
 */
export function visit(call: () => void): () => void {
  // A function may be handed in twice, and each time is one of its own.
  const one = () => call();
  visited.add(one);
  timer ??= setInterval(step, stepMs).unref();
  return () => {
    visited.delete(one);
    if (visited.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function step(): void {
  due += (visited.size * stepMs) / roundMs;
  for (; due >= 1; due -= 1) {
    let next = way.next();
    if (next.done) {
      way = visited.values();
      next = way.next();
    }
    next.value?.();
  }
}
