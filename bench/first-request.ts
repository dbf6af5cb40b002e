import type { Stage } from '../demo/stage.ts';
import { interleave, type Spread, spreadOf } from './harness.ts';
import type { Goal, Measurement, Report } from './measurement.ts';
import { onStage } from './on-stage.ts';
import { hasStandby, standbyArguments, standbyIsUp } from './standby.ts';
import {
  bareUntilRequest,
  capitals,
  coldUntilRequest,
  hitUntilRequest,
  keptUntilRequest,
  spawnUntilRequest,
} from './until-request.ts';

/** Measures from the call, or from the start of a bare claude, until the API gets the prompt. */
export const firstRequest: Measurement = {
  name: 'first-request',
  hasShort: true,
  async run({ runs, isShort }) {
    // The resumed worker has one process for all runs.
    const keep = ['--keep-alive-seconds', '3600'];
    const options = async (standby: number, args: string[] = []) => ({
      rules: () => [capitals],
      args: [...args, ...(await standbyArguments(standby))],
    });
    return onStage(await options(0, keep), async (cold) =>
      onStage(await options(1), async (ready) =>
        report(await measure(cold, ready, runs ?? (isShort ? 3 : 9))),
      ),
    );
  },
};

async function measure(cold: Stage, ready: Stage, runs: number): Promise<Samples> {
  const { worker_id } = await spawnUntilRequest(cold);
  const { session } = await bareUntilRequest(cold);
  const subjects = {
    cold: () => coldUntilRequest(cold),
    bare: async () => (await bareUntilRequest(cold)).took,
    kept: () => keptUntilRequest(cold, worker_id),
    resumed: async () => (await bareUntilRequest(cold, session)).took,
  };
  if (!(await hasStandby())) return interleave(subjects, runs);
  // A server does nothing before its first call, so it has no standby process yet.
  await coldUntilRequest(ready);
  await standbyIsUp(ready);
  const inside: number[] = [];
  const hit = () => hitUntilRequest(ready, inside);
  const samples = await interleave({ hit, ...subjects }, runs);
  // The first run does not count, as in the other measurements.
  return { ...samples, inside: inside.slice(1) };
}

type Samples = Record<'cold' | 'bare' | 'kept' | 'resumed', number[]> &
  Partial<Record<'hit' | 'inside', number[]>>;

const titles = {
  hit: 'spawn_worker until the first API request, standby hit',
  inside: 'of it: claude has the prompt until its request',
  cold: 'spawn_worker until the first API request, cold',
  bare: 'claude -p until the first API request',
  kept: 'resume_worker until the first API request, process kept',
  resumed: 'claude -p --resume until the first API request',
};

function report({ hit = [], inside = [], ...samples }: Samples): Report {
  const [cold, bare] = [spreadOf(samples.cold), spreadOf(samples.bare)];
  const [kept, resumed] = [spreadOf(samples.kept), spreadOf(samples.resumed)];
  const [onStandby, ofClaude] = hit.length > 0 ? [spreadOf(hit), spreadOf(inside)] : [];
  return {
    title: 'A prompt until it is at the API, beside a bare claude with such a prompt',
    rows: [
      ...(onStandby ? [rowOf('hit', onStandby)] : []),
      ...(ofClaude ? [rowOf('inside', ofClaude)] : []),
      ...[rowOf('cold', cold), rowOf('bare', bare)],
      ...[rowOf('kept', kept), rowOf('resumed', resumed)],
    ],
    goals: [
      ...(onStandby ? [goalOf(['hit', onStandby], ['bare', bare], 0.3, 0.8)] : []),
      // A cold start has more steps, and each waits for a core: 2.5 was seen with five processes per core.
      goalOf(['cold', cold], ['bare', bare], 1.05, 4),
      goalOf(['kept', kept], ['resumed', resumed], 0.1, 0.5),
    ],
    notes: [
      'Real claude, practice API on the loopback interface. A run is over, and its process ended, before the next begins; only the one that is resumed stays.',
      'On standby: the process was up before the call, and by its journal the worker was given it. What it does with the prompt before its request is its own.',
    ],
  };
}

type Name = keyof typeof titles;

const rowOf = (name: Name, spread: Spread) => ({
  ...{ what: titles[name], unit: 'ms', spread, digits: 0 },
});

function goalOf(
  [what, ours]: [Name, Spread],
  [against, theirs]: [Name, Spread],
  atMost: number,
  grossly: number,
): Goal {
  const found = ours.median / theirs.median;
  return { what: titles[what], against: titles[against], found, unit: '×', atMost, grossly };
}
