import { expect, it } from 'vitest';
import { whyNoNamespace } from '../end-to-end/namespaces.ts';
import { reportOf } from './report.ts';
import { isKept, runChaos } from './run.ts';

it('a minute of accidents loses nothing, repeats nothing and leaves no process', async () => {
  const report = await runChaos({ seed: 23_862, minutes: 0.75, workers: 4, log: () => {} });
  const text = reportOf(report);
  process.stdout.write(`${text}\n`);
  expect(isKept(report.verdict), text).toBe(true);
  // A run without accidents proves nothing.
  const kinds = new Set(report.happened.map(({ target, what }) => `${what} ${target}`));
  const wanted = ['kill server', 'kill worker', 'empty stdout', 'steal fifo', 'die client'];
  if (!(await whyNoNamespace())) wanted.push('visit elsewhere');
  expect([...kinds]).toEqual(expect.arrayContaining(wanted));
  expect(report.verdict.tidied).toBeGreaterThan(0);
  expect(report.verdict.turns).toBeGreaterThan(0);
}, 300_000);
