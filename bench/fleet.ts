import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { formatCount } from '../demo/table.ts';
import type { FleetFigures } from './fleet-run.ts';
import { spreadOf } from './harness.ts';
import type { Measurement, Report, Row } from './measurement.ts';

const sizes = [100, 1_000, 2_000];

/** N stand-in workers through spawn, running and completed, with one `wait` over all of them. */
export const fleet: Measurement = {
  name: 'fleet',
  async run({ runs = 3, say }) {
    const figures = sizes.map((): FleetFigures[] => []);
    for (let run = 0; run < runs; run += 1) {
      for (const [index, size] of sizes.entries()) {
        say(`  ${formatCount(size)} workers, run ${run + 1} of ${runs}`);
        figures[index]?.push(await runFleet(size));
      }
    }
    return report(figures);
  },
};

/** In a process of its own, so that no run has the heap of another. */
async function runFleet(size: number): Promise<FleetFigures> {
  const script = fileURLToPath(new URL('fleet-run.ts', import.meta.url));
  const args = ['--expose-gc', '--import', 'tsx', script, String(size)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

const columns: { key: keyof FleetFigures; what: string; unit: string; digits: number }[] = [
  { key: 'total_ms', what: 'first spawn until wait has answered', unit: 'ms/worker', digits: 2 },
  { key: 'first_spawn_ms', what: 'one spawn, the first hundred', unit: 'ms', digits: 2 },
  { key: 'last_spawn_ms', what: 'one spawn, the last hundred', unit: 'ms', digits: 2 },
  { key: 'wait_ms', what: 'last turn over until wait has answered', unit: 'ms/worker', digits: 2 },
  { key: 'cpu_ms', what: "processor time of the manager's process", unit: 'ms/worker', digits: 2 },
  { key: 'running_heap_kb', what: 'heap while all run', unit: 'KiB/worker', digits: 1 },
  { key: 'running_buffers_kb', what: 'buffers while all run', unit: 'KiB/worker', digits: 1 },
  {
    key: 'gone_heap_kb',
    what: 'heap when all are delivered and gone',
    unit: 'KiB/worker',
    digits: 1,
  },
];

function report(figures: FleetFigures[][]): Report {
  const rows = columns.flatMap(({ key, what, unit, digits }): Row[] =>
    figures.map((runs, index) => ({
      what: `${what}, N = ${formatCount(sizes[index] ?? 0)}`,
      unit,
      spread: spreadOf(runs.map((run) => run[key])),
      digits,
    })),
  );
  return {
    title: 'Stand-in workers through spawn, running and completed, one wait over all',
    rows,
    goals: [],
    notes: [
      'Real: the manager, its machines, journals, leases, FIFOs, output files and history files. Stand-in: claude, for which one other process reads the FIFOs and writes the files, with lines of the real length.',
      'Not in it: mkfifo and the start of a process for each worker, and MCP.',
    ],
  };
}
