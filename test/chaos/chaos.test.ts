import { expect, it } from 'vitest';
import { reportOf } from './report.ts';
import { isKept, runChaos } from './run.ts';

it('a minute of accidents loses nothing, repeats nothing and leaves no process', async () => {
  const report = await runChaos({ seed: 20_261, minutes: 1, workers: 4, log: () => {} });
  const text = reportOf(report);
  process.stdout.write(`${text}\n`);
  expect(isKept(report.verdict), text).toBe(true);
  // A run without accidents proves nothing.
  const kinds = new Set(report.happened.map(({ target, what }) => `${what} ${target}`));
  expect([...kinds]).toEqual(expect.arrayContaining(['kill server', 'kill worker']));
  expect(report.verdict.turns).toBeGreaterThan(0);
}, 300_000);
