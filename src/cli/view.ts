import { resolve } from 'node:path';
import { messageOf } from '../errors.ts';
import type { Exported } from '../export/input.ts';
import { servePage } from '../page/server.ts';
import { offerLaunch } from '../page/sign-in-file.ts';
import type { ChartsResponse } from '../projection/contract.ts';
import { openRecorded } from '../projection/recorded.ts';
import type { PageSource } from '../projection/source.ts';

/** What the command needs from outside; `signal` ends it the way SIGINT and SIGTERM do. */
export interface ViewIo {
  stdout: { write(text: string): unknown; isTTY?: boolean };
  stderr: { write(text: string): unknown };
  env: NodeJS.ProcessEnv;
  webDir: string;
  charts(): ChartsResponse | Promise<ChartsResponse>;
  exportWorker(source: PageSource, worker_id: string, format: string): Promise<Exported>;
  signal?: AbortSignal;
}

const usage = `Usage: async-worker-manager view [logs folder | journal.ndjson]

  Shows a past run in a browser: every worker of a logs folder (default: logs), or one journal.
  Nothing can be answered there, and no worker is touched.
`;

/**
 * `async-worker-manager view [path]`: serves the page on a past run until SIGINT or SIGTERM.
 * @returns The exit code: 0 after a signal, 2 for wrong arguments or a path that cannot be read.
 */
export async function runView(argv: readonly string[], io: ViewIo): Promise<number> {
  const [path = 'logs', ...others] = argv;
  if (path === '--help' || path === '-h') {
    io.stdout.write(usage);
    return 0;
  }
  if (others.length > 0 || path.startsWith('-')) {
    io.stderr.write(`Expected one path, found "${argv.join(' ')}".\n${usage}`);
    return 2;
  }
  const warn = (message: string) => io.stderr.write(`${message}\n`);
  const stopped = untilStopped(io.signal);
  try {
    const source = await openRecorded(resolve(path), warn);
    const { webDir, charts, exportWorker } = io;
    const page = await servePage({
      ...{ mode: 'recorded', source, webDir, charts, exportWorker, now: Date.now },
      onLaunched: () => void file?.remove(),
    });
    const file = await wayIn(page.launchUrl(), io);
    await stopped;
    await file?.remove();
    await page.close();
    return 0;
  } catch (error) {
    warn(messageOf(error));
    return 2;
  }
}

/** At a terminal the human reads the URL itself; nothing of a past run can be changed with it. */
async function wayIn(url: string, { stdout, env }: ViewIo) {
  if (stdout.isTTY) stdout.write(`The page, once: ${url}\n`);
  return offerLaunch(url, { env, say: (message) => stdout.write(`${message}\n`) });
}

function untilStopped(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((stop) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop());
    signal?.addEventListener('abort', () => stop(), { once: true });
  });
}
