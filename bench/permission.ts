import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { formatCount } from '../demo/table.ts';
import { withBundles } from './bundle.ts';
import { type CrowdStage, setCrowdStage } from './crowd-stage.ts';
import { interleave, percentile, spreadOf, timed } from './harness.ts';
import { permissionLine } from './lines.ts';
import type { Goal, Measurement, Report } from './measurement.ts';

/** The 95th percentile from the request in a worker's stdout to the waiting client, in milliseconds. */
const aimMs = 10;

/** Compares a request from a worker to the client with a line through a bare pipe and back. */
export const permission: Measurement = {
  name: 'permission',
  hasShort: true,
  async run({ isShort, runs = isShort ? 10 : 200 }) {
    const levels = isShort ? [1] : [1, 1_000];
    return withBundles(async (bundled) => {
      const pipe = startPipe();
      const stages = await Promise.all(levels.map((live) => setCrowdStage(bundled, live, 0)));
      try {
        const asked = stages.map((stage, index) => [
          nameOf(levels[index] ?? 0),
          () => askOnce(stage),
        ]);
        const subjects = { pipe: () => timed(pipe.roundTrip), ...Object.fromEntries(asked) };
        return report(levels, await interleave(subjects, runs));
      } finally {
        pipe.close();
        await Promise.all(stages.map((stage) => stage.close()));
      }
    });
  },
};

const nameOf = (live: number): string =>
  `permission asked in stdout until wait has answered, ${formatCount(live)} live`;

async function askOnce({ caller, worker_ids, write, waitFor }: CrowdStage): Promise<number> {
  const { answer, took } = await waitFor(() => write(worker_ids[0] ?? '', permissionLine()));
  const [request] = answer.pending_permissions;
  if (!request) throw new Error('wait has answered without the request.');
  await caller.approve(request.request_id, { allow: true });
  return took;
}

/** Starts a process that echoes every line, like `cat`. */
function startPipe() {
  const echo = spawn(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(echo.stdout)[Symbol.asyncIterator]();
  const text = `${JSON.stringify(permissionLine())}\n`;
  return {
    async roundTrip() {
      echo.stdin.write(text);
      await lines.next();
    },
    close: () => void echo.stdin.end(),
  };
}

function report(levels: number[], samples: Record<string, number[]>): Report {
  const of = (name: string) => samples[name] ?? [];
  const pipe = spreadOf(of('pipe'));
  return {
    title: 'A permission from the worker to the client',
    rows: [
      { what: 'the same line through a bare pipe and back', unit: 'ms', spread: pipe, digits: 2 },
      ...levels.map(nameOf).map((what) => ({
        ...{ what, unit: 'ms', spread: spreadOf(of(what)), digits: 2 },
      })),
    ],
    goals: levels.map(nameOf).map(
      (name): Goal => ({
        what: `${name}, p95`,
        against: `a bare pipe and back, ${pipe.p95.toFixed(1)} ms`,
        found: percentile(of(name), 95),
        unit: 'ms',
        atMost: aimMs,
      }),
    ),
    notes: [
      'From the write into the stdout file to the answer at an MCP client over stdio: noticing the file, reading, deciding, the journal, the answer. The line is of the length of the real one; the worker is a stand-in.',
    ],
  };
}
