import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { formatCount } from '../demo/table.ts';
import { withBundles } from './bundle.ts';
import { percentile, spreadOf } from './harness.ts';
import type { Measurement, Report } from './measurement.ts';
import type { MessagesFigures } from './messages-run.ts';

const each = 100;

/** The limit of the ratio of the CPU time to JSON.parse. */
const aim = 3;

/** Compares the cost of following many workers with JSON.parse for the same bytes. */
export const messages: Measurement = {
  name: 'messages',
  hasShort: true,
  async run({ isShort, runs = isShort ? 1 : 7, log }) {
    const size = isShort ? 100 : 1_000;
    const found: MessagesFigures[] = [];
    await withBundles(async (bundled) => {
      for (let run = 0; run < runs; run += 1) {
        log(`  ${formatCount(size)} workers, run ${run + 1} of ${runs}`);
        found.push(await runOnce(bundled('messages-run'), size));
      }
    });
    return report(size, found);
  },
};

/** Runs in a new process, which then parses the same lines. */
async function runOnce(script: string, size: number): Promise<MessagesFigures> {
  const args = [script, String(size), String(each)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

function report(size: number, found: MessagesFigures[]): Report {
  const column = (key: keyof MessagesFigures) => found.map((run) => run[key]);
  const ratios = found.map(({ manager_ms, parse_ms }) => manager_ms / parse_ms);
  const all = `${formatCount(size)} × ${each} messages`;
  return {
    title: 'Following workers that talk, processor time of the manager’s process',
    rows: [
      {
        what: `${all}, read, decoded and recorded`,
        unit: 'ms',
        spread: spreadOf(column('manager_ms')),
        digits: 0,
      },
      {
        what: 'JSON.parse over the same lines',
        unit: 'ms',
        spread: spreadOf(column('parse_ms')),
        digits: 0,
      },
      {
        what: 'bytes of the messages',
        unit: 'MB',
        spread: spreadOf(column('bytes').map((bytes) => bytes / 1e6)),
      },
      {
        what: 'records that they came to',
        unit: 'records',
        spread: spreadOf(column('records')),
        digits: 0,
      },
    ],
    goals: [
      {
        what: `${formatCount(size)} live stand-in workers × ${each} messages`,
        against: 'JSON.parse over the same bytes',
        found: percentile(ratios, 50),
        unit: '×',
        atMost: aim,
        grossly: 10 * aim,
      },
    ],
    notes: [
      'Tool calls of 0.6 KB and tool results of 4.1 KB in turns, each in a write of its own, as fast as one other process can write them; each worker writes a pair and then the next worker does. A wait over all is open. Several messages in one read are one record.',
      'The reading, the journals and the threads of the pool are in the figure of the manager; that of JSON.parse is without the reading.',
    ],
  };
}
