import { createCaller, stopWorkers } from '../demo/caller.ts';
import type { Stage } from '../demo/stage.ts';
import { bareArguments, startBare } from './bare.ts';
import { interleave, spreadOf, timed } from './harness.ts';
import type { Measurement, Report, Row } from './measurement.ts';
import { onStage } from './on-stage.ts';
import { standbyArguments } from './standby.ts';
import { stepRows } from './steps.ts';

const prompt = 'What is the capital of Portugal? One word.';
const rule = { match: prompt, steps: [{ text: 'Lisbon' }] };

/** The limit of the ratio of a worker to a bare `claude -p`. */
const aim = 1.05;

/** Compares the wall-clock time of a worker with a bare `claude -p` with the same prompt. */
export const turn: Measurement = {
  name: 'turn',
  async run({ runs = 9 }) {
    return onStage({ rules: () => [rule], args: await standbyArguments(0) }, async (stage) => {
      const subjects = { worker: () => runWorker(stage), bare: () => runBare(stage) };
      const samples = await interleave(subjects, runs);
      return report(samples, await stepRows(stage.state));
    });
  },
};

function report(samples: Record<'worker' | 'bare', number[]>, ofWorker: Row[]): Report {
  const [worker, bare] = [spreadOf(samples.worker), spreadOf(samples.bare)];
  return {
    title: 'One worker beside a bare claude -p with the same prompt',
    rows: [
      { what: 'spawn_worker until wait has answered', unit: 'ms', spread: worker },
      ...ofWorker,
      { what: 'claude -p, start to exit', unit: 'ms', spread: bare },
    ],
    goals: [
      {
        what: 'spawn_worker until wait has answered, cold',
        against: 'claude -p, start to exit',
        found: worker.median / bare.median,
        unit: '×',
        atMost: aim,
      },
    ],
    notes: [
      'Real claude, practice API that answers at once: the turn is as short as can be, so any overhead shows most. No process is on standby.',
    ],
  };
}

/** Ends the process before the next run, so that no two run at the same time. */
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

const runBare = (stage: Stage): Promise<number> =>
  timed(() => startBare(stage, bareArguments(prompt)).ended);
