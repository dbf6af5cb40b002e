#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import packageJson from '../package.json' with { type: 'json' };
import { launchDetached } from './claude/launch.ts';
import { type Config, describeSettings, readConfig } from './config.ts';
import { ManagerError, messageOf } from './errors.ts';
import { createManager, type Manager } from './manager.ts';
import { runPractice } from './practice/command.ts';
import { serve } from './tools/server.ts';

const help = `async-worker-manager ${packageJson.version}

  async-worker-manager [settings]   serve MCP on stdin and stdout
  async-worker-manager view [path]  show a past run in the browser: a logs folder or a journal.ndjson
  async-worker-manager practice     start the practice API and print how to use it

Settings, each a flag or an environment variable:
${describeSettings().join('\n')}
`;

/** What every page serves beside the workers. */
const pageParts = {
  env: process.env,
  webDir: fileURLToPath(new URL('../dist/web', import.meta.url)),
  charts: async () => (await import('./charts/charts.ts')).charts(),
  exportWorker: async (_source: unknown, _id: string, format: string) => {
    throw new ManagerError('invalid_input', `There is no format "${format}".`);
  },
};

const [command, ...rest] = process.argv.slice(2);
try {
  if (command === 'practice') process.exitCode = await runPractice(rest, process);
  else if (command === 'view') process.exitCode = await view(rest);
  else if (command === '--help' || command === '-h') process.stdout.write(help);
  else if (command === '--version') process.stdout.write(`${packageJson.version}\n`);
  else await serveStdio(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`async-worker-manager: ${messageOf(error)}\n`);
  process.exitCode = 2;
}

/** Serves until the client closes stdin or a signal comes; a second signal ends at once. */
async function serveStdio(argv: string[]): Promise<void> {
  const config = readConfig(argv, process.env);
  const manager = createManager({
    config,
    env: process.env,
    launch: launchDetached,
    now: Date.now,
    newId: randomUUID,
    warn: (message) => process.stderr.write(`${message}\n`),
  });
  let page: { close(): Promise<void> } | undefined;
  let isEnding = false;
  const end = async () => {
    if (isEnding) {
      if (config.onExit === 'stop') manager.kill();
      process.exit(1);
    }
    isEnding = true;
    await page?.close();
    await manager.close(config.onExit);
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  process.stdin.on('end', end);
  process.stdin.on('close', () => isEnding || void end());
  const server = await serve(manager, new StdioServerTransport(), {
    version: packageJson.version,
    approvals: config.approvals,
  });
  // A transport that gives up, as on a line too long to take, is the end of the session too.
  server.onclose = () => isEnding || void end();
  // A worker's own server has no page: whoever watches, watches the first one.
  if (config.view && config.depth === 0) page = await openPage(manager, config, config.view);
}

/** The page's code is loaded only where there is a page. */
async function view(argv: string[]): Promise<number> {
  const { runView } = await import('./view/command.ts');
  return runView(argv, { ...pageParts, stdout: process.stdout, stderr: process.stderr });
}

/** Opens the page beside the server; SIGUSR2 makes a new way in. A page that fails takes nothing with it. */
async function openPage(manager: Manager, config: Config, mode: 'live' | 'readonly') {
  const say = (message: string) => process.stderr.write(`${message}\n`);
  const fail = (error: unknown) => say(`The page cannot be served: ${messageOf(error)}`);
  try {
    const { serveBeside } = await import('./view/beside.ts');
    const page = await serveBeside({ ...pageParts, manager, config, mode, now: Date.now, say });
    process.on('SIGUSR2', () => void page.launch().catch(fail));
    await page.launch();
    say(`For a new way in: kill -USR2 ${process.pid}`);
    return page;
  } catch (error) {
    fail(error);
    return undefined;
  }
}
