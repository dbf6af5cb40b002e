import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundle } from '../demo/stage.ts';
import { formatSpread, interleave, spreadOf, timed } from './harness.ts';
import type { Measurement, Report } from './measurement.ts';

/** From the start of a server to its answer to `tools/list`. */
export const start: Measurement = {
  name: 'start',
  async run({ runs = 21 }) {
    const folder = await mkdtemp(join(tmpdir(), 'awm-bench-'));
    try {
      const minimal = join(folder, 'minimal.mjs');
      await bundleMinimal(minimal);
      const samples = await interleave(
        {
          ours: () => untilTools([bundle], folder),
          minimal: () => untilTools([minimal], folder),
          node: () => untilExit(['-e', '0'], folder),
        },
        runs,
      );
      return report(samples);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

function report(samples: Record<'ours' | 'minimal' | 'node', number[]>): Report {
  const [ours, minimal] = [spreadOf(samples.ours), spreadOf(samples.minimal)];
  return {
    title: 'Server start until tools/list is answered',
    rows: [
      { what: 'async-worker-manager', unit: 'ms', spread: ours },
      { what: 'a minimal SDK server with one empty tool', unit: 'ms', spread: minimal },
      { what: 'node alone, start to exit', unit: 'ms', spread: spreadOf(samples.node) },
    ],
    goals: [],
    notes: [
      `Beside the minimal server: ${(ours.median - minimal.median).toFixed(1)} ms more (${formatSpread(ours)} ms against ${formatSpread(minimal)} ms).`,
      'Both servers use the same SDK and are bundled by esbuild with the same options.',
    ],
  };
}

/** With the options of the server's own build. */
async function bundleMinimal(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('minimal-server.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    legalComments: 'none',
    logLevel: 'error',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
}

const version = '2025-06-18';
const clientInfo = { name: 'bench', version: '1.0.0' };

/** The time from the start of a server to its second answer, in the order of a real client. */
async function untilTools(args: string[], cwd: string): Promise<number> {
  const begin = performance.now();
  const server = startNode(args, cwd);
  const lines = createInterface(server.stdout)[Symbol.asyncIterator]();
  const send = (message: object) =>
    server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const params = { protocolVersion: version, capabilities: {}, clientInfo };
  send({ id: 1, method: 'initialize', params });
  await lines.next();
  send({ method: 'notifications/initialized' });
  send({ id: 2, method: 'tools/list' });
  const { value } = await lines.next();
  const took = performance.now() - begin;
  if (!String(value).includes('"tools":[{')) throw new Error(`No list of tools: ${value}`);
  server.stdin.end();
  await gone(server);
  return took;
}

const untilExit = (args: string[], cwd: string): Promise<number> =>
  timed(() => gone(startNode(args, cwd)));

function startNode(args: string[], cwd: string) {
  const env = { PATH: process.env.PATH, HOME: cwd };
  return spawn(process.execPath, args, { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] });
}

function gone(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('close', () => resolve()));
}
