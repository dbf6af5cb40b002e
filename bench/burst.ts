import { platform } from 'node:os';
import type { Stage } from '../demo/stage.ts';
import { interleave, spreadOf } from './harness.ts';
import { numbers, timeBare, timeWorkers, variableOfBare, variableOfWorkers } from './many.ts';
import type { Goal, Measurement, Report, Row } from './measurement.ts';
import { peakWhile } from './memory.ts';
import { onStage } from './on-stage.ts';

const size = 20;

/** The limit for time and memory of the workers, as a ratio to bare `claude -p`. */
const aim = 0.8;

/** Compares twenty workers at once with twenty bare `claude -p` at once. */
export const burst: Measurement = {
  name: 'burst',
  run({ runs = 7, log }) {
    return onStage({ rules: () => [numbers] }, async (stage) => {
      const times = await interleave(
        {
          workers: () => timeWorkers(stage, size),
          bare: () => timeBare(stage, size, size),
        },
        runs,
      );
      if (platform() !== 'linux') return report(times);
      log('  their memory');
      return report(times, await measureMemory(stage, runs));
    });
  },
};

type Samples = Record<'workers' | 'bare', number[]>;

/** Measures in separate runs, because the memory sampler slows the processes down. */
function measureMemory(stage: Stage, runs: number): Promise<Samples> {
  const megabytes = async (variable: string, action: () => Promise<unknown>) =>
    ((await peakWhile(variable, action)) * 1024) / 1e6;
  return interleave(
    {
      workers: () => megabytes(variableOfWorkers(stage), () => timeWorkers(stage, size)),
      bare: () => megabytes(variableOfBare(stage), () => timeBare(stage, size, size)),
    },
    runs,
    { areWarm: true },
  );
}

function report(times: Samples, memory?: Samples): Report {
  const pairs = [
    { what: 'to the last result', unit: 'ms', samples: times },
    ...(memory ? [{ what: 'memory at its highest', unit: 'MB', samples: memory }] : []),
  ];
  return {
    title: `${size} workers at once beside ${size} bare claude -p at once`,
    rows: pairs.flatMap(({ what, unit, samples }): Row[] => [
      { what: `${size} workers, ${what}`, unit, spread: spreadOf(samples.workers), digits: 0 },
      { what: `${size} claude -p, ${what}`, unit, spread: spreadOf(samples.bare), digits: 0 },
    ]),
    goals: pairs.map(
      ({ what, samples }): Goal => ({
        what: `${size} workers at once, ${what}`,
        against: `${size} claude -p at once`,
        found: spreadOf(samples.workers).median / spreadOf(samples.bare).median,
        unit: '×',
        atMost: aim,
      }),
    ),
    notes: [
      'Real claude, practice API that answers at once, a server with its default settings. The bare ones are started by xargs.',
      memory
        ? 'Memory: the proportional set sizes (PSS) of the server, or of xargs, and of every process below it, in runs of their own.'
        : 'Memory is measured on Linux only.',
    ],
  };
}
