import { setTimeout as pause } from 'node:timers/promises';
import { memoryOf, type Peak } from './memory.ts';

/** The shortest time between two looks, and how much longer than a look it is. */
const [leastPauseMs, pausePerLook] = [100, 4];

const [, , variable = ''] = process.argv;
const peak: Peak = { kib: 0, samples: 0 };
let isOver = false;

process.on('message', () => {
  isOver = true;
});

process.send?.('ready');
while (!isOver) {
  const begin = performance.now();
  peak.kib = Math.max(peak.kib, await memoryOf(variable));
  peak.samples += 1;
  // The kernel walks the pages of each process and holds it up meanwhile, so a look has its price.
  await pause(Math.max(leastPauseMs, pausePerLook * (performance.now() - begin)));
}
process.send?.(peak, () => process.disconnect());
