import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundle } from '../demo/stage.ts';
import { type Leftovers, leaveBehind, type Mix } from './adoption-crowd.ts';
import { interleave, spreadOf, timed } from './harness.ts';
import type { Goal, Measurement, Report } from './measurement.ts';

/** The limit in seconds for the first answer of a server that adopts a thousand workers. */
const mostSeconds = 2;

/** The limit of its ratio to the time that reads the same journals and parses each line. */
const mostTimes = 2;

/** Measures from a server's start to its first tool answer; it adopts workers with 10 MB of output each. */
export const adoption: Measurement = {
  name: 'adoption',
  hasShort: true,
  async run({ runs, isShort, log }) {
    const folder = await mkdtemp(join(tmpdir(), 'awm-bench-'));
    try {
      const size = isShort ? 100 : 1_000;
      log(`  leaves ${size} workers behind, twice`);
      const hard = leaveBehind(join(folder, 'hard'), { undelivered: size });
      const crash = leaveBehind(join(folder, 'crash'), mixOf(size));
      const subjects = {
        hard: () => adopt(hard, folder, 'hard', size),
        readHard: () => timed(async () => hard.read()),
        crash: () => adopt(crash, folder, 'crash', size / 20),
        readCrash: () => timed(async () => crash.read()),
      };
      const samples = await interleave(subjects, runs ?? (isShort ? 3 : 7));
      return report(samples, size, hard.bytes);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** As many running workers as two cores have slots, some undelivered workers, and the rest delivered. */
function mixOf(size: number): Mix {
  const running = Math.min(8, size / 20);
  return { running, undelivered: size / 20 - running, delivered: (size * 19) / 20 };
}

type Samples = Record<'hard' | 'readHard' | 'crash' | 'readCrash', number[]>;

function report(samples: Samples, size: number, bytes: number): Report {
  const spreads = {
    hard: spreadOf(samples.hard),
    readHard: spreadOf(samples.readHard),
    crash: spreadOf(samples.crash),
    readCrash: spreadOf(samples.readCrash),
  };
  const row = (what: string, spread: typeof spreads.hard) => ({
    ...{ what, unit: 'ms', spread, digits: 0 },
  });
  const count = size.toLocaleString('en');
  return {
    title: `Restart with ${count} workers of 10 MB of output each, until the first tool answer`,
    rows: [
      row('all settled, none delivered: each is taken over', spreads.hard),
      row('as after a crash: most are done with', spreads.crash),
      row('the journals of the former, read and parsed', spreads.readHard),
      row('the journals of the latter, read and parsed', spreads.readCrash),
    ],
    goals: [
      ...goalsOf(`${count} undelivered workers`, spreads.hard.median, spreads.readHard.median),
      ...goalsOf(`${count} workers of a crash`, spreads.crash.median, spreads.readCrash.median),
    ],
    notes: [
      'As after a crash: of 1,000 workers 8 were at work and their processes are gone, 42 had settled and were not delivered, 950 are done with. Every worker has a lease of the server that is gone.',
      `A worker's journal has ${Math.round(bytes / size / 1000)} KB: one record for each of its 1,000 messages of 10 KB, and 5 permissions. The recorder and the machine made it, of events in the words of the real CLI.`,
      'It is held back by the replay, an actor for each worker that is not done with, and the files of a lease. The replay is on all cores (at most four), the other two on one; to read and parse the journals is on one.',
      "Real: the server as it is shipped, with its start, over stdio; the first tool is list_workers. Stand-in: no claude has run. The workers' stdout is one file of 10 MB with a thousand names, as nobody reads it before its recorded end. All files are in the page cache, for both sides.",
    ],
  };
}

function goalsOf(whose: string, found: number, reading: number): Goal[] {
  return [
    {
      ...{ what: `start until first tool answer, ${whose}`, against: 'nothing: time' },
      ...{ found: found / 1000, unit: 's', atMost: mostSeconds },
    },
    {
      ...{ what: `the same, ${whose}`, against: 'their journals read and parsed' },
      ...{ found: found / reading, unit: '×', atMost: mostTimes, grossly: 12 },
    },
  ];
}

const version = '2025-06-18';
const clientInfo = { name: 'bench', version: '1.0.0' };

/** Measures from the start of a server to the answer of its first tool call, and kills the server. */
async function adopt(
  { restore }: Leftovers,
  cwd: string,
  logs: string,
  expected: number,
): Promise<number> {
  restore();
  const begin = performance.now();
  const server = spawn(process.execPath, [bundle, '--logs-dir', logs], {
    ...{
      cwd,
      env: { PATH: process.env.PATH, HOME: cwd, AWM_STATE_DIR: logs },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  });
  const lines = createInterface(server.stdout)[Symbol.asyncIterator]();
  const send = (message: object) =>
    server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const params = { protocolVersion: version, capabilities: {}, clientInfo };
  send({ id: 1, method: 'initialize', params });
  await lines.next();
  send({ method: 'notifications/initialized' });
  send({ id: 2, method: 'tools/call', params: { name: 'list_workers', arguments: {} } });
  const { value } = await lines.next();
  const took = performance.now() - begin;
  const gone = once(server, 'close');
  server.kill('SIGKILL');
  await gone;
  const { workers } = JSON.parse(value).result.structuredContent;
  if (workers.length === expected) return took;
  throw new Error(`${workers.length} workers were taken over, not ${expected}.`);
}
