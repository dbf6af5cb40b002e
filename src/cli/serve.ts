import { type Config, readConfig, type SettingFlags } from '../config/config.ts';
import { messageOf } from '../errors.ts';
import { serve } from '../mcp/server.ts';
import { StdioTransport } from '../mcp/stdio.ts';
import type { BesideDeps } from '../page/beside.ts';
import type { Backend } from './backend.ts';

/** The parts that only the page needs. */
type PageParts = Pick<BesideDeps, 'env' | 'webDir' | 'charts' | 'exportWorker'>;

export interface ServeInput {
  version: string;
  page: PageParts;
  /** The module that a thread runs to read workers. */
  readingThread: URL;
  /** Aborted when stdout can no longer be written. */
  outputLost: AbortSignal;
}

/** The delay before the backend is loaded. A client that only lists the tools leaves earlier. */
const untilLoadedMs = 1_000;

/**
 * Serves until the client closes a pipe or a signal comes. A signal after that ends the process at
 * once.
 */
export async function serveStdio(flags: SettingFlags, input: ServeInput): Promise<void> {
  const config = readConfig(flags, process.env);
  const backend = lateBackend(config, input.readingThread);
  let page: { close(): Promise<void> } | undefined;
  let isEnding = false;
  // Every pipe of a client that has gone breaks. All of them together are one end.
  const end = async () => {
    if (isEnding) return;
    isEnding = true;
    await page?.close().catch(complain);
    await backend.close().catch(complain);
    process.exit(0);
  };
  const endBySignal = async () => {
    if (!isEnding) return end();
    if (config.onExit === 'stop') await backend.loaded()?.manager.kill().catch(complain);
    process.exit(1);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, endBySignal);
  for (const event of ['end', 'close', 'error']) process.stdin.on(event, end);
  const server = await serve(new StdioTransport(), {
    version: input.version,
    approvals: config.approvals,
    callTool: async () => (await backend.load()).callTool,
    onListed: () => void setTimeout(() => backend.load().catch(() => {}), untilLoadedMs).unref(),
  });
  // The transport closes after a line that is too long. That ends the session too.
  server.onclose = () => void end();
  // To close the server cancels its calls: nobody would get their results.
  onAbort(input.outputLost, () => void server.close().catch(complain));
  // A worker's own server has no page, because the page of the first server shows all workers.
  if (config.view && config.depth === 0) {
    page = await openPage(backend, config, config.view, input.page);
  }
}

const complain = (error: unknown) => void process.stderr.write(`${messageOf(error)}\n`);

/** Calls a function when a signal is aborted, or at once if it is. */
function onAbort(signal: AbortSignal, call: () => void): void {
  if (signal.aborted) call();
  else signal.addEventListener('abort', call, { once: true });
}

/** Loads the backend at its first use. A server without calls never loads it. */
function lateBackend(config: Config, readingThread: URL) {
  let loaded: Backend | undefined;
  let loading: Promise<Backend> | undefined;
  const load = async () => {
    const { createBackend } = await import('./backend.ts').catch((cause: unknown) => {
      const message = `This server was changed or removed after its start; connect it anew: ${messageOf(cause)}`;
      throw new Error(message, { cause });
    });
    loaded = createBackend(config, readingThread);
    return loaded;
  };
  return {
    loaded: () => loaded,
    load(): Promise<Backend> {
      loading ??= load();
      return loading;
    },
    /** Waits for a backend that is being loaded, because it may have a call to answer. */
    async close(): Promise<void> {
      const backend = await loading?.catch(() => undefined);
      await backend?.manager.close(config.onExit);
    },
  };
}

/** Opens the page beside the server. SIGUSR2 offers a new way in. The server survives a failing page. */
async function openPage(
  backend: { load(): Promise<Backend> },
  config: Config,
  mode: 'live' | 'readonly',
  parts: PageParts,
) {
  const say = (message: string) => process.stderr.write(`${message}\n`);
  const fail = (error: unknown) => say(`The page cannot be served: ${messageOf(error)}`);
  try {
    const [{ manager }, { serveBeside }] = await Promise.all([
      backend.load(),
      import('../page/beside.ts'),
    ]);
    const page = await serveBeside({ ...parts, manager, config, mode, now: Date.now, log: say });
    process.on('SIGUSR2', () => void page.offerSignIn().catch(fail));
    await page.offerSignIn();
    say(`For a new way in: kill -USR2 ${process.pid}`);
    return page;
  } catch (error) {
    fail(error);
    return undefined;
  }
}
