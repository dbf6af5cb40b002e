import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How many bytes may be read between two collections. */
const bytesBetween = 16 * 1024 ** 2;

let bytes = 0;
let collect: (() => void) | undefined;

/**
 * Tells that so many bytes were read. Long lines are garbage as soon as they are decoded, and V8
 * lets it grow to far more than the server holds otherwise, so a flood is cleared away on the way.
 * Whoever writes no floods never comes here often enough for that.
 */
export function noteRead(count: number): void {
  bytes += count;
  if (bytes < bytesBetween) return;
  bytes = 0;
  collect ??= exposedCollector();
  collect();
}

/** There is no other way to V8's collector than its flag, which holds for contexts made after it. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}
