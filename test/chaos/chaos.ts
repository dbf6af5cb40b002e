import { parseArgs } from 'node:util';
import { reportOf } from './report.ts';
import { isKept, runChaos } from './run.ts';

const usage = 'Usage: npm run chaos -- [--seed N] [--minutes M] [--workers W]';

const options = {
  seed: { type: 'string' },
  minutes: { type: 'string' },
  workers: { type: 'string' },
} as const;

try {
  const { values } = parseArgs({ options });
  const seed = Number(values.seed ?? 1);
  const minutes = Number(values.minutes ?? 1);
  const workers = Number(values.workers ?? 8);
  if (!Number.isInteger(seed) || !(minutes > 0) || !(workers >= 1)) throw new Error(usage);
  const begin = Date.now();
  const log = (line: string) => {
    const seconds = Math.round((Date.now() - begin) / 1000);
    process.stderr.write(`${String(seconds).padStart(5)} s  ${line}\n`);
  };
  const report = await runChaos({ seed, minutes, workers, log });
  process.stdout.write(`${reportOf(report)}\n`);
  process.exitCode = isKept(report.verdict) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
