import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundle as server } from '../demo/stage.ts';
import { gone, startNode, startServer } from './bare-server.ts';
import { bundle } from './bundle.ts';
import { interleave, spreadOf, timed } from './harness.ts';
import type { Measurement, Report } from './measurement.ts';

/** Measures from the start of a server to its answer to `tools/list`, and its memory when it is idle. */
export const start: Measurement = {
  name: 'start',
  hasShort: true,
  async run({ isShort, runs = isShort ? 7 : 21 }) {
    const folder = await mkdtemp(join(tmpdir(), 'awm-bench-'));
    try {
      await bundle(['minimal-server'], folder);
      const minimal = join(folder, 'minimal-server.mjs');
      const samples = await interleave(
        {
          ours: () => untilTools(server, folder),
          minimal: () => untilTools(minimal, folder),
          node: () => timed(() => gone(startNode(['-e', '0'], folder))),
          firstCall: () => ofFirstCall(server, 'list_workers', folder),
          minimalCall: () => ofFirstCall(minimal, 'nothing', folder),
          listed: () => memoryOf(server, undefined, folder),
          called: () => memoryOf(server, 'list_workers', folder),
          minimalCalled: () => memoryOf(minimal, 'nothing', folder),
        },
        runs,
      );
      return report(samples);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

function report(samples: Record<keyof typeof titles, number[]>): Report {
  const median = (name: keyof typeof titles) => spreadOf(samples[name]).median;
  // The keys are the names of the literal below.
  const names = Object.keys(titles) as (keyof typeof titles)[];
  return {
    title: 'Server start until tools/list is answered',
    rows: names.map((name) => ({
      what: titles[name],
      unit: inMegabytes.has(name) ? 'MB' : 'ms',
      spread: spreadOf(samples[name]),
    })),
    goals: [
      {
        what: 'Start of a server until tools/list is answered',
        against: 'a minimal server on the same SDK',
        found: median('ours') / median('minimal'),
        ...{ unit: '×', atMost: 1.1, grossly: 2 },
      },
      {
        what: 'Resident memory of an idle server, all of it loaded',
        against: `a minimal server's ${median('minimalCalled').toFixed(0)} MB`,
        found: Math.max(median('listed'), median('called')),
        ...{ unit: 'MB', atMost: 80 },
      },
    ],
    notes: [
      'Both servers use the same SDK and are bundled by esbuild for the same target; the minimal one is what the SDK documents, an McpServer with one tool.',
      "Ours uses the SDK's Server, and is bundled without the compiler of JSON Schemas that the SDK has for questions to a client: about 10 ms of processor time, without which the two would be level.",
      'What only a call needs is loaded by the first call, or a second after tools/list. The first call here comes at once, so it has all of the loading in it.',
    ],
  };
}

const titles = {
  ours: 'async-worker-manager',
  minimal: 'a minimal SDK server with one empty tool',
  node: 'node alone, start to exit',
  firstCall: 'first call right after tools/list, until answered',
  minimalCall: 'the same of the minimal server',
  listed: 'memory after tools/list',
  called: 'memory after a call',
  minimalCalled: 'memory of the minimal server after a call',
};

const inMegabytes: ReadonlySet<string> = new Set(['listed', 'called', 'minimalCalled']);

/** Measures from the start of a server to its second answer, in the order of a real client. */
async function untilTools(script: string, cwd: string): Promise<number> {
  const begin = performance.now();
  const server = await startServer(script, cwd);
  const took = performance.now() - begin;
  await server.close();
  return took;
}

/** Measures the first call of a client that calls as soon as it has the tools. */
async function ofFirstCall(script: string, tool: string, cwd: string): Promise<number> {
  const server = await startServer(script, cwd);
  const took = await timed(() => server.call(tool));
  await server.close();
  return took;
}

/** Measures the resident memory of a server in megabytes, after a call of the given tool. */
async function memoryOf(script: string, tool: string | undefined, cwd: string): Promise<number> {
  const server = await startServer(script, cwd);
  if (tool) await server.call(tool);
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', `${server.pid}`]);
  await server.close();
  return Number(stdout) / 1024;
}
