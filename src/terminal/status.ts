import { isUnderWay, type Row } from './rows.ts';

/** All workers in one line, fit for a status line: `3▶ 1⏳ 2✓ 1✗ $1.01`. */
export function statusLine(rows: Row[]): string {
  const count = (isOne: (row: Row) => boolean) => rows.filter(isOne).length;
  const asking = count(({ state }) => state === 'awaiting_permission');
  const parts: [number, string][] = [
    [count(({ state }) => isUnderWay(state)) - asking, '▶'],
    [asking, '⏳'],
    [count(({ state }) => state === 'completed'), '✓'],
    [count(({ state }) => state === 'failed'), '✗'],
    [count(({ state }) => state === 'interrupted?'), '?'],
  ];
  const counts = parts.filter(([number]) => number > 0).map(([number, sign]) => `${number}${sign}`);
  if (counts.length === 0) return 'no workers';
  const cost = rows.reduce((sum, { cost_usd }) => sum + cost_usd, 0);
  return [...counts, `$${cost.toFixed(2)}`].join(' ');
}
