import { dollars } from './format.ts';
import type { Status, WorkerStatus } from './overview.ts';

const signs: [Status, string][] = [
  ['working', '▶'],
  ['queued', '⏳'],
  ['asking', '✋'],
  ['completed', '✓'],
  ['failed', '✗'],
  ['interrupted?', '?'],
];

/** Returns one short line for all workers, such as `3▶ 1⏳ 2✓ $1.01`. */
export function statusLine(workers: readonly WorkerStatus[]): string {
  if (workers.length === 0) return 'no workers';
  const counts = signs.map(([status, sign]) => {
    const count = workers.filter((worker) => worker.status === status).length;
    return count === 0 ? '' : `${count}${sign}`;
  });
  const cost = workers.reduce((sum, { cost_usd }) => sum + cost_usd, 0);
  return [...counts, dollars(cost)].filter((part) => part !== '').join(' ');
}
