import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** After how many bytes read the size of the heap is checked. */
const checkBytes = 16 * 1024 ** 2;

/** By how many bytes the heap may grow before it is collected. */
const growthBytes = 32 * 1024 ** 2;

/**
 * Creates a function that counts the bytes read and collects the heap when it has grown. A long line
 * is garbage as soon as it is decoded, and V8 lets such garbage grow far beyond what the server holds.
 * V8 collects the garbage of short lines by itself, and faster.
 */
export function createGarbageCollection(): (bytesRead: number) => void {
  let uncheckedBytes = 0;
  let heapAfterCollection = 0;
  let collect: (() => void) | undefined;

  return (bytesRead) => {
    uncheckedBytes += bytesRead;
    if (uncheckedBytes < checkBytes) return;
    uncheckedBytes = 0;
    if (heapBytes() - heapAfterCollection < growthBytes) return;
    collect ??= exposedCollector();
    collect();
    heapAfterCollection = heapBytes();
  };
}

function heapBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** Returns V8's collector. Only this flag exposes it, in contexts that are made after the flag is set. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}
