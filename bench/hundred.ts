import type { Stage } from '../demo/stage.ts';
import { interleave, spreadOf } from './harness.ts';
import { numbers, timeBare, timeWorkers } from './many.ts';
import type { Measurement, Report } from './measurement.ts';
import { onStage } from './on-stage.ts';

const size = 100;

/** The tried numbers of bare `claude -p` at once; the best one is compared with the workers. */
const tried = [2, 4, 8];

/** Compares a hundred short workers with a hundred bare `claude -p` by `xargs -P`. */
export const hundred: Measurement = {
  name: 'hundred',
  run({ runs = 7, log }) {
    return onStage({ rules: () => [numbers] }, async (stage) => {
      const trials = await tryAll(stage, log);
      const atOnce = fastestOf(trials);
      await timeWorkers(stage, 1);
      const subjects = {
        workers: () => timeWorkers(stage, size),
        bare: () => timeBare(stage, size, atOnce),
      };
      return report(await interleave(subjects, runs, { areWarm: true }), trials);
    });
  },
};

/** One run with so many processes at once. */
export interface Trial {
  atOnce: number;
  took: number;
}

async function tryAll(stage: Stage, log: (line: string) => void): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const atOnce of tried) {
    const took = await timeBare(stage, size, atOnce);
    log(`  xargs -P ${atOnce}: ${Math.round(took)} ms`);
    trials.push({ atOnce, took });
  }
  return trials;
}

/** Returns the number at once with the shortest time, or the smallest of equal ones. */
export function fastestOf(trials: readonly Trial[]): number {
  const [fastest] = trials.toSorted((a, b) => a.took - b.took || a.atOnce - b.atOnce);
  if (fastest === undefined) throw new Error('There are no trials.');
  return fastest.atOnce;
}

function report(samples: Record<'workers' | 'bare', number[]>, trials: Trial[]): Report {
  const [workers, bare] = [spreadOf(samples.workers), spreadOf(samples.bare)];
  const ours = `${size} short workers, first call until wait has had the last`;
  const theirs = `${size} claude -p by xargs -P ${fastestOf(trials)}`;
  const others = trials.map(({ atOnce, took }) => `-P ${atOnce}: ${(took / 1000).toFixed(1)} s`);
  return {
    title: `${size} short workers beside ${size} bare claude -p`,
    rows: [
      { what: ours, unit: 'ms', spread: workers, digits: 0 },
      { what: theirs, unit: 'ms', spread: bare, digits: 0 },
    ],
    goals: [
      { what: ours, against: theirs, found: workers.median / bare.median, unit: '×', atMost: 1 },
    ],
    notes: [
      'Real claude, practice API that answers at once, a server with its default settings.',
      `Tried once each, to find the best for xargs: ${others.join(', ')}. Then ${workers.runs} runs in turn.`,
    ],
  };
}
