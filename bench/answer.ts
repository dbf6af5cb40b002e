import { formatCount } from '../demo/table.ts';
import { withBundles } from './bundle.ts';
import { type CrowdStage, setCrowdStage } from './crowd-stage.ts';
import { interleave, percentile, spreadOf } from './harness.ts';
import { resultLine } from './lines.ts';
import type { Measurement, Report } from './measurement.ts';

/** From the last worker's result to the answer of `wait`, 95 times of 100, in milliseconds. */
const aimMs = 20;

/** How long `wait` takes to answer when the last of many workers is done. */
export const answer: Measurement = {
  name: 'answer',
  hasShort: true,
  async run({ isShort, runs = isShort ? 5 : 40 }) {
    const live = isShort ? 100 : 1_000;
    return withBundles(async (bundled) => {
      const [many, one] = await Promise.all([
        setCrowdStage(bundled, live, 0),
        setCrowdStage(bundled, 1, 0),
      ]);
      try {
        const atOnce = await endAll(many);
        await endAll(one);
        const subjects = { many: () => endOne(many), one: () => endOne(one) };
        return report(live, atOnce, await interleave(subjects, runs));
      } finally {
        await Promise.all([many.close(), one.close()]);
      }
    });
  },
};

async function endAll({ worker_ids, write, waitFor }: CrowdStage): Promise<number> {
  const { answer, took } = await waitFor(() => {
    for (const worker_id of worker_ids) write(worker_id, resultLine());
  });
  if (answer.completed.length !== worker_ids.length) throw new Error('Not all have completed.');
  return took;
}

/** One goes on with another turn while the others are settled, and ends it. */
async function endOne({
  caller,
  worker_ids,
  untilRunning,
  write,
  waitFor,
}: CrowdStage): Promise<number> {
  const [worker_id = ''] = worker_ids;
  await caller.resume(worker_id, 'Go on.');
  await untilRunning(worker_id);
  const { answer, took } = await waitFor(() => write(worker_id, resultLine()));
  if (answer.completed.length !== 1) throw new Error('The worker has not completed.');
  return took;
}

function report(live: number, atOnce: number, samples: Record<'many' | 'one', number[]>): Report {
  const [many, one] = [spreadOf(samples.many), spreadOf(samples.one)];
  const all = formatCount(live);
  return {
    title: 'The answer of wait when the last worker is done',
    rows: [
      { what: `last of ${all} done until wait has answered`, unit: 'ms', spread: many, digits: 2 },
      { what: 'the only one done until wait has answered', unit: 'ms', spread: one, digits: 2 },
      {
        what: `all ${all} done at once until wait has answered`,
        unit: 'ms',
        spread: spreadOf([atOnce]),
        digits: 0,
      },
    ],
    goals: [
      {
        what: `last worker done until wait has answered, ${all} live, p95`,
        against: `the only worker, p95 ${one.p95.toFixed(1)} ms`,
        found: percentile(samples.many, 95),
        unit: 'ms',
        atMost: aimMs,
      },
    ],
    notes: [
      'From the write of the result into the stdout file to the answer at an MCP client over stdio, the history file with its sync to disk in it. The others have settled and were delivered before; all are live, their stand-in processes there. wait is over all of them.',
    ],
  };
}
