import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How many bytes may be read between two looks at the heap. */
const bytesBetween = 16 * 1024 ** 2;

/** How much the heap may grow until it is collected. */
const mostGrown = 32 * 1024 ** 2;

let bytes = 0;
/** What was left of the heap at the last collection. */
let left = 0;
let collect: (() => void) | undefined;

/**
 * Tells that so many bytes were read. Long lines are garbage as soon as they are decoded, and V8
 * lets it grow to far more than the server holds otherwise, so a flood is cleared away on the way.
 * V8 clears the garbage of short lines away by itself, and cheaper.
 */
export function noteRead(count: number): void {
  bytes += count;
  if (bytes < bytesBetween) return;
  bytes = 0;
  if (heapBytes() - left < mostGrown) return;
  collect ??= exposedCollector();
  collect();
  left = heapBytes();
}

function heapBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** There is no other way to V8's collector than its flag, which holds for contexts made after it. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}
