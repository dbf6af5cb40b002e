import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatCount } from '../demo/table.ts';
import { withBundles } from './bundle.ts';
import { type CrowdStage, setCrowdStage } from './crowd-stage.ts';
import { interleave, percentile, spreadOf, timed } from './harness.ts';
import { resultLine } from './lines.ts';
import type { Measurement, Report } from './measurement.ts';

/** The 95th percentile from the last worker's result to the answer of `wait`, in milliseconds. */
const aimMs = 20;

/** Measures the time in which `wait` answers after the result of the last of many workers. */
export const answer: Measurement = {
  name: 'answer',
  hasShort: true,
  async run({ isShort, runs = isShort ? 5 : 100 }) {
    const live = isShort ? 100 : 1_000;
    return withBundles(async (bundled) => {
      const [many, one] = await Promise.all([
        setCrowdStage(bundled, live, 0),
        setCrowdStage(bundled, 1, 0),
      ]);
      try {
        const atOnce = await endAll(many);
        await endAll(one);
        let turn = 0;
        const subjects = {
          many() {
            turn += 1;
            return endOne(many, turn);
          },
          one: () => endOne(one, 0),
          sync: () => timed(syncFile),
        };
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

/**
 * Runs one more turn of one worker while the others are settled. Takes another worker each time,
 * because the history of many turns takes longer to write.
 */
async function endOne(
  { caller, worker_ids, untilRunning, write, waitFor }: CrowdStage,
  turn: number,
): Promise<number> {
  const worker_id = worker_ids[turn % worker_ids.length] ?? '';
  await caller.resume(worker_id, 'Go on.');
  await untilRunning(worker_id);
  const { answer, took } = await waitFor(() => write(worker_id, resultLine()));
  if (answer.completed.length !== 1) throw new Error('The worker has not completed.');
  return took;
}

/** Writes a file of the size of such a history to disk, as each answer of `wait` does. */
async function syncFile(): Promise<void> {
  const path = join(tmpdir(), `awm-bench-${randomUUID()}`);
  await writeFile(path, 'x'.repeat(3_000), { flush: true });
  await rm(path);
}

function report(
  live: number,
  atOnce: number,
  samples: Record<'many' | 'one' | 'sync', number[]>,
): Report {
  const [many, one] = [spreadOf(samples.many), spreadOf(samples.one)];
  const all = formatCount(live);
  return {
    title: 'The answer of wait when the last worker is done',
    rows: [
      { what: `last of ${all} done until wait has answered`, unit: 'ms', spread: many, digits: 2 },
      { what: 'the only one done until wait has answered', unit: 'ms', spread: one, digits: 2 },
      {
        what: 'a file as long as the history, written and synced',
        unit: 'ms',
        spread: spreadOf(samples.sync),
        digits: 2,
      },
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
