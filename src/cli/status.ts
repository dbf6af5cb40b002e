import { dollars } from './format.ts';
import type { Sighting, Standing } from './overview.ts';

const signs: [Standing, string][] = [
  ['working', '▶'],
  ['queued', '⏳'],
  ['asking', '✋'],
  ['completed', '✓'],
  ['failed', '✗'],
  ['interrupted?', '?'],
];

/** All workers in one short line, such as `3▶ 1⏳ 2✓ $1.01`. */
export function statusLine(workers: readonly Sighting[]): string {
  if (workers.length === 0) return 'no workers';
  const counts = signs.map(([standing, sign]) => {
    const count = workers.filter((worker) => worker.standing === standing).length;
    return count === 0 ? '' : `${count}${sign}`;
  });
  const cost = workers.reduce((sum, { cost_usd }) => sum + cost_usd, 0);
  return [...counts, dollars(cost)].filter((part) => part !== '').join(' ');
}
