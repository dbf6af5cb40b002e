import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createCaller, stopWorkers } from '../demo/caller.ts';
import { claude, type Stage } from '../demo/stage.ts';
import { builtInDefaults } from '../src/options.ts';
import { interleave, spreadOf, timed } from './harness.ts';
import type { Measurement, Report, Row } from './measurement.ts';
import { onStage } from './on-stage.ts';
import { stepRows } from './steps.ts';

const prompt = 'What is the capital of Portugal? One word.';
const rule = { match: prompt, steps: [{ text: 'Lisbon' }] };

/** The most that a worker may take, in parts of what a bare `claude -p` takes. */
const aim = 1.05;

/** One worker's wall time beside that of a bare `claude -p` with the same prompt. */
export const turn: Measurement = {
  name: 'turn',
  run({ runs = 15 }) {
    return onStage({ rules: () => [rule] }, async (stage) => {
      const subjects = {
        worker: () => runWorker(stage),
        exited: () => runBare(stage, closed),
        printed: () => runBare(stage, firstWords),
      };
      const samples = await interleave(subjects, runs);
      return report(samples, await stepRows(join(stage.project, 'logs')));
    });
  },
};

type Samples = Record<'worker' | 'exited' | 'printed', number[]>;

function report(samples: Samples, ofWorker: Row[]): Report {
  const worker = spreadOf(samples.worker);
  const exited = spreadOf(samples.exited);
  const printed = spreadOf(samples.printed);
  return {
    title: 'One worker beside a bare claude -p with the same prompt',
    rows: [
      { what: 'spawn_worker until wait has answered', unit: 'ms', spread: worker },
      ...ofWorker,
      { what: 'claude -p, start to exit', unit: 'ms', spread: exited },
      { what: 'claude -p, start to the printed answer', unit: 'ms', spread: printed },
    ],
    goals: [
      {
        what: 'spawn_worker until wait has answered',
        against: 'claude -p, start to exit',
        found: worker.median / exited.median,
        unit: '×',
        atMost: aim,
      },
    ],
    notes: [
      'Real claude, practice API that answers at once: the turn is as short as can be, so any overhead shows most.',
    ],
  };
}

/** The process is ended before the next run, so that none runs beside another. */
async function runWorker({ client }: Stage): Promise<number> {
  const caller = createCaller(client);
  const worker_ids: string[] = [];
  const took = await timed(async () => {
    worker_ids.push((await caller.spawn({ description: 'Name a capital', prompt })).worker_id);
    const { completed } = await caller.wait(new AbortController().signal);
    if (completed.length !== 1) throw new Error('The worker did not complete.');
  });
  await stopWorkers(client, worker_ids);
  return took;
}

async function runBare(
  { project, env }: Stage,
  until: (child: ChildProcess) => Promise<void>,
): Promise<number> {
  const begin = performance.now();
  const child = spawn(claude, ['-p', prompt, '--model', builtInDefaults.model], {
    cwd: project,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const done = closed(child);
  await until(child);
  const took = performance.now() - begin;
  await done;
  return took;
}

const closed = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('close', () => resolve());
    child.stdout?.resume();
  });

const firstWords = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => child.stdout?.once('data', () => resolve()));
