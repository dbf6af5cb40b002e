import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { formatCount } from '../demo/table.ts';
import { withBundles } from './bundle.ts';
import type { FleetFigures } from './fleet-run.ts';
import { percentile, spreadOf } from './harness.ts';
import type { Goal, Measurement, Report, Row } from './measurement.ts';

/** The numbers of workers; at most 1,000 are live at once. */
const sizes = [100, 1_000, 10_000];
const shortSizes = [100, 500];

/** The limit of the ratio of a worker's time in the largest and the smallest run. */
const aim = 1.2;
/** The limit of heap per live worker, in KB. */
const aimKb = 15;

/** Runs N stand-in workers through their whole life, with one `wait` for all. */
export const fleet: Measurement = {
  name: 'fleet',
  hasShort: true,
  async run({ isShort, runs = isShort ? 1 : 7, log }) {
    const chosen = isShort ? shortSizes : sizes;
    const figures = chosen.map((size) => ({ size, found: [] as FleetFigures[] }));
    await withBundles(async (bundled) => {
      for (let run = 0; run < runs; run += 1) {
        for (const { size, found } of figures) {
          log(`  ${formatCount(size)} workers, run ${run + 1} of ${runs}`);
          found.push(await runFleet(bundled('fleet-run'), size));
        }
      }
    });
    return report(figures);
  },
};

/** Runs in a new process, so that no run has the heap of another. */
async function runFleet(script: string, size: number): Promise<FleetFigures> {
  const args = ['--expose-gc', script, String(size)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

type Found = { size: number; found: FleetFigures[] };

const columns: { key: keyof FleetFigures; what: string; unit: string; digits: number }[] = [
  { key: 'total_ms', what: 'whole life', unit: 'ms/worker', digits: 2 },
  { key: 'first_spawn_ms', what: 'one spawn, the first hundred', unit: 'ms', digits: 2 },
  { key: 'last_spawn_ms', what: 'one spawn, the last hundred', unit: 'ms', digits: 2 },
  {
    key: 'wait_ms',
    what: 'last turns over until wait has answered',
    unit: 'ms/worker',
    digits: 2,
  },
  { key: 'cpu_ms', what: "processor time of the manager's process", unit: 'ms/worker', digits: 2 },
  { key: 'running_heap_kb', what: 'heap while all run', unit: 'KiB/live worker', digits: 1 },
  {
    key: 'gone_heap_kb',
    what: 'heap when all are delivered and gone',
    unit: 'KiB/worker',
    digits: 1,
  },
];

function report(figures: Found[]): Report {
  const rows = columns.flatMap(({ key, what, unit, digits }): Row[] =>
    figures.map(({ size, found }) => ({
      what: `${what}, N = ${formatCount(size)}`,
      unit,
      spread: spreadOf(found.map((run) => run[key])),
      digits,
    })),
  );
  return {
    title: 'Stand-in workers through their whole life, at most 1,000 at once',
    rows,
    goals: goalsOf(figures),
    notes: [
      'Real: the manager, its machines, journals, leases, FIFOs, output files and history files. Stand-in: claude, for which one other process reads the FIFOs and writes the files, with lines of the real length.',
      'Not in it: mkfifo and the start of a process for each worker, and MCP. A hundred workers went before, so that no figure is that of code which runs for the first time.',
      'With more than 1,000, the oldest hundred end their turns, are waited for and leave before the next hundred are spawned; the last 1,000 are in one wait over all.',
    ],
  };
}

function goalsOf(figures: Found[]): Goal[] {
  const [few, ...more] = figures;
  const median = ({ found }: Found, key: keyof FleetFigures) =>
    percentile(
      found.map((run) => run[key]),
      50,
    );
  if (!few) return [];
  const growths = more.map(
    (many): Goal => ({
      what: `whole life of ${formatCount(many.size)} stand-in workers, time a worker`,
      against: `that of ${formatCount(few.size)}`,
      found: median(many, 'total_ms') / median(few, 'total_ms'),
      unit: '×',
      atMost: aim,
      grossly: 2 * aim,
    }),
  );
  const heaps = more.slice(0, 1).map(
    (many): Goal => ({
      what: `heap a live worker, ${formatCount(many.size)} live`,
      against: 'nothing: bytes',
      found: median(many, 'running_heap_kb'),
      unit: 'KB',
      atMost: aimKb,
      // Bytes are the same on a busy machine.
      grossly: 1.25 * aimKb,
    }),
  );
  return [...growths, ...heaps];
}
