import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { listWorkers, stopWorkers } from '../demo/caller.ts';
import { formatCount } from '../demo/table.ts';
import { withBundles } from './bundle.ts';
import { type CrowdStage, connect, setCrowdStage } from './crowd-stage.ts';
import { interleave, percentile, spreadOf, timed } from './harness.ts';
import { permissionLine } from './lines.ts';
import type { Goal, Measurement, Report } from './measurement.ts';

/** The limit of the ratio to an empty tool, for the 95th percentile. */
const aim = 3;

/** Samples of each call in a short run: of ten, the 95th percentile would be the worst of them. */
const shortRuns = 40;

const calls = [
  'spawn_worker',
  'list_workers',
  'list_workers, a status',
  'approve_permission',
] as const;
type Call = (typeof calls)[number];

/** A permission request needs a worker, so this tool is measured with at least one worker. */
const isCalled = (call: Call, live: number): boolean =>
  call === 'approve_permission' ? live > 0 : live !== 1;

/** Compares the time of the tools, with few and with many workers, with an empty tool. */
export const latency: Measurement = {
  name: 'latency',
  hasShort: true,
  async run({ isShort, runs = isShort ? shortRuns : 200, log }) {
    const levels = isShort ? [0, 1, 100] : [0, 1, 100, 1_000];
    log(`  ${levels.map(formatCount).join(', ')} workers are spawned first`);
    return withBundles(async (bundled) => {
      const minimal = await connect(bundled('minimal-server'));
      const stages = await Promise.all(
        levels.map((live) => setCrowdStage(bundled, live, runs + 1)),
      );
      try {
        const samples = await interleave(subjectsOf(minimal, stages), runs);
        return report(levels, samples);
      } finally {
        await Promise.all([minimal.close(), ...stages.map((stage) => stage.close())]);
      }
    });
  },
};

const nameOf = (call: Call, live: number): string =>
  `${call}, ${formatCount(live)} live ${live === 1 ? 'worker' : 'workers'}`;

const subjects: Record<Call, (stage: CrowdStage) => Promise<number>> = {
  spawn_worker: spawnOne,
  list_workers: ({ client }) => timed(() => listWorkers(client)),
  'list_workers, a status': listAsking,
  approve_permission: approveOne,
};

function subjectsOf(minimal: Client, stages: CrowdStage[]): Record<string, () => Promise<number>> {
  const ofStages = stages.flatMap((stage) => {
    const live = stage.worker_ids.length;
    const called = calls.filter((call) => isCalled(call, live));
    return called.map((call) => [nameOf(call, live), () => subjects[call](stage)] as const);
  });
  return {
    nothing: () => timed(() => minimal.callTool({ name: 'nothing', arguments: {} })),
    ...Object.fromEntries(ofStages),
  };
}

/** Spawns a worker, and ends it before the next one starts. */
async function spawnOne({ client, caller, spawn, untilRunning }: CrowdStage): Promise<number> {
  let worker_id = '';
  const took = await timed(async () => {
    ({ worker_id } = await spawn());
  });
  // Only a started process reads an interrupt.
  await untilRunning(worker_id);
  await stopWorkers(client, [worker_id]);
  await caller.wait(new AbortController().signal, [worker_id]);
  return took;
}

function listAsking({ client }: CrowdStage): Promise<number> {
  const given = { status: 'awaiting_permission' };
  return timed(() => client.callTool({ name: 'list_workers', arguments: given }));
}

async function approveOne({ caller, worker_ids, write }: CrowdStage): Promise<number> {
  write(worker_ids[0] ?? '', permissionLine());
  const { pending_permissions } = await caller.wait(new AbortController().signal);
  const request_id = pending_permissions[0]?.request_id ?? '';
  return timed(() => caller.approve(request_id, { allow: true }));
}

function report(levels: number[], samples: Record<string, number[]>): Report {
  const of = (name: string) => samples[name] ?? [];
  const namesOf = (call: Call) =>
    levels.filter((live) => isCalled(call, live)).map((live) => nameOf(call, live));
  const names = calls.flatMap(namesOf);
  const beside = (what: string, against: string, ratio: number): Goal => ({
    ...{ what, against, found: ratio, unit: '×', atMost: aim, grossly: 20 * aim },
  });
  const p95 = (name: string) => percentile(of(name), 95);
  return {
    title: 'Tools until they have answered, at a client over stdio',
    rows: ['nothing', ...names].map((what) => ({
      ...{ what, unit: 'ms', spread: spreadOf(of(what)), digits: 2 },
    })),
    goals: [
      ...names.map((name) =>
        beside(`${name}, p95`, 'an empty tool on the same SDK', p95(name) / p95('nothing')),
      ),
      ...calls
        .filter((call) => call !== 'list_workers')
        .map((call) => {
          const [few = '', many = ''] = [namesOf(call)[0], namesOf(call).at(-1)];
          return beside(`${many}, p95`, few, p95(many) / p95(few));
        }),
    ],
    notes: [
      'Real: the client, stdio, the tools, the manager and all its files. Stand-in: claude, for which one other process reads the FIFOs and writes the files.',
      'list_workers gives a row for each worker, about 300 bytes, so its answer grows with them and no goal says that it is flat; with a status it gives those of that status.',
    ],
  };
}
