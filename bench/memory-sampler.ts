import { setTimeout as pause } from 'node:timers/promises';
import { memoryOf } from './memory.ts';

/** The minimum time between two samples, and its ratio to the time of a sample. */
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
  // A sample has a cost: the kernel stops each process while it counts its pages.
  await pause(Math.max(leastPauseMs, pausePerLook * (performance.now() - begin)));
}
process.send?.(peak, () => process.disconnect());
