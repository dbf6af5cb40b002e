import { createCaller, stopWorkers } from '../demo/caller.ts';
import type { Stage } from '../demo/stage.ts';
import { interleave, percentile, spreadOf, timed } from './harness.ts';
import type { Goal, Measurement, Report } from './measurement.ts';
import { onStage } from './on-stage.ts';

/** The number of workers that one round starts, one after another. */
const burst = 10;

/** The limit of a call for the 95th percentile, in milliseconds. */
const aimMs = 10;

const task = {
  description: 'Summarize the changes',
  prompt: 'Summarize what changed in src/ since the last release, in three sentences.',
};

/** Measures the time of `spawn_worker`. */
export const spawn: Measurement = {
  name: 'spawn',
  run({ runs = 7 }) {
    // The API answers after the end of the round, so that no worker settles during it.
    const rules = () => [{ match: task.prompt, steps: [{ delay_ms: 60_000 }] }];
    const withSlots = (slots: number) => ({ rules, args: ['--max-workers', String(slots)] });
    return onStage(withSlots(burst), (roomy) =>
      onStage(withSlots(1), async (narrow) => {
        const subjects = {
          alone: () => spawnAlone(roomy),
          burst: () => spawnBurst(roomy, burst),
          queued: () => spawnQueued(narrow),
        };
        return report(await interleave(subjects, runs));
      }),
    );
  },
};

type Samples = Record<'alone' | 'burst' | 'queued', number[]>;

function report({ alone, burst: together, queued }: Samples): Report {
  return {
    title: 'spawn_worker until it has answered',
    rows: [
      { what: 'nothing else runs', unit: 'ms', spread: spreadOf(alone), digits: 2 },
      {
        what: `${burst} calls in a row, each starts claude`,
        unit: 'ms',
        spread: spreadOf(together),
        digits: 2,
      },
      {
        what: 'no slot is free, the worker is queued',
        unit: 'ms',
        spread: spreadOf(queued),
        digits: 2,
      },
    ],
    goals: [goal('alone', alone), goal('in a row', together), goal('queued', queued)],
    notes: ['Real claude, MCP client over stdio; the time is the client’s.'],
  };
}

function goal(when: string, samples: number[]): Goal {
  return {
    what: `spawn_worker, 95th percentile, ${when}`,
    against: 'nothing: time',
    found: percentile(samples, 95),
    unit: 'ms',
    atMost: aimMs,
  };
}

/** Ends each worker before the next one starts. */
async function spawnAlone(stage: Stage): Promise<number[]> {
  const samples: number[] = [];
  for (let count = 0; count < burst / 2; count += 1) {
    samples.push(...(await spawnBurst(stage, 1)));
  }
  return samples;
}

async function spawnBurst({ client }: Stage, size: number): Promise<number[]> {
  const caller = createCaller(client);
  const worker_ids: string[] = [];
  const samples: number[] = [];
  while (samples.length < size) {
    samples.push(await timed(async () => worker_ids.push((await caller.spawn(task)).worker_id)));
  }
  await stopWorkers(client, worker_ids);
  return samples;
}

/** One worker in its turn has the only slot, and the others are queued. */
async function spawnQueued(stage: Stage): Promise<number[]> {
  const begin = Date.now();
  const { worker_id } = await createCaller(stage.client).spawn(task);
  await stage.api.waitForRequest(({ at, prompt }) => at >= begin && prompt === task.prompt, 60_000);
  const samples = await spawnBurst(stage, burst);
  await stopWorkers(stage.client, [worker_id]);
  return samples;
}
