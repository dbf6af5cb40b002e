import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** So much of workers' output may be read before its garbage is collected: 4 MiB. */
const relievedBytes = 4 * 1024 ** 2;

let collect: (() => void) | undefined;
let unrelieved = 0;

/**
 * Counts what was read of workers' output, and now and then collects the garbage of it. V8 lets
 * garbage grow with the memory of the machine, and a worker that floods its stdout makes much.
 */
export function countRead(bytes: number): void {
  unrelieved += bytes;
  if (unrelieved < relievedBytes) return;
  unrelieved = 0;
  collect ??= garbageCollector();
  collect();
}

/** V8's own collector, which Node hands out under a flag only. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}
