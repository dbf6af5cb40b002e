import { setTimeout as pause } from 'node:timers/promises';
import { memoryOf } from './memory.ts';

/** The shortest time between two looks, and how much longer than a look it is. */
const [leastPauseMs, pausePerLook] = [100, 4];

const [, , variable = ''] = process.argv;
let peak = 0;
let isOver = false;

process.on('message', () => {
  isOver = true;
});
process.on('disconnect', () => process.exit(0));

process.send?.('ready');
while (!isOver) {
  const begin = performance.now();
  peak = Math.max(peak, await memoryOf(variable));
  // The kernel walks the pages of each process and holds it up meanwhile, so a look has its price.
  await pause(Math.max(leastPauseMs, pausePerLook * (performance.now() - begin)));
}
process.send?.(peak, () => process.disconnect());
