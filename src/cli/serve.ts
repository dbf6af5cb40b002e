import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { type Config, readConfig } from '../config/config.ts';
import { messageOf } from '../errors.ts';
import { serve } from '../mcp/server.ts';
import type { BesideDeps } from '../page/beside.ts';
import type { Backend } from './backend.ts';

/** What the page needs that the server itself does not. */
type PageParts = Pick<BesideDeps, 'env' | 'webDir' | 'charts' | 'exportWorker'>;

export interface ServeInput {
  version: string;
  page: PageParts;
  /** What a thread runs that reads workers. */
  readingThread: URL;
}

/** Clients also start servers only to look at their tools; those are gone before this. */
const untilLoadedMs = 1_000;

/** Serves until the client closes stdin or a signal comes; a second signal ends at once. */
export async function serveStdio(argv: string[], input: ServeInput): Promise<void> {
  const config = readConfig(argv, process.env);
  const backend = lateBackend(config, input.readingThread);
  let page: { close(): Promise<void> } | undefined;
  let isEnding = false;
  const end = async () => {
    if (isEnding) {
      if (config.onExit === 'stop') backend.loaded()?.manager.kill();
      process.exit(1);
    }
    isEnding = true;
    await page?.close();
    await backend.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  process.stdin.on('end', end);
  process.stdin.on('close', () => isEnding || void end());
  const server = await serve(new StdioServerTransport(), {
    version: input.version,
    approvals: config.approvals,
    callTool: async () => (await backend.load()).callTool,
    onListed: () => void setTimeout(() => backend.load().catch(() => {}), untilLoadedMs).unref(),
  });
  // A transport that gives up, as on a line too long to take, is the end of the session too.
  server.onclose = () => isEnding || void end();
  // A worker's own server has no page: whoever watches, watches the first one.
  if (config.view && config.depth === 0) {
    page = await openPage(backend, config, config.view, input.page);
  }
}

/** The backend, loaded when it is first wanted: a server that nobody calls never has one. */
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
    /** One that is just being loaded may have a call to answer, so it is waited for. */
    async close(): Promise<void> {
      const backend = await loading?.catch(() => undefined);
      await backend?.manager.close(config.onExit);
    },
  };
}

/** Opens the page beside the server; SIGUSR2 makes a new way in. A page that fails takes nothing with it. */
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
    const page = await serveBeside({ ...parts, manager, config, mode, now: Date.now, say });
    process.on('SIGUSR2', () => void page.launch().catch(fail));
    await page.launch();
    say(`For a new way in: kill -USR2 ${process.pid}`);
    return page;
  } catch (error) {
    fail(error);
    return undefined;
  }
}
