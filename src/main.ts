#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import packageJson from '../package.json' with { type: 'json' };
import { launchDetached } from './claude/launch.ts';
import { type Config, describeSettings, readConfig } from './config.ts';
import { messageOf, nearest } from './errors.ts';
import { createManager, type Manager } from './manager.ts';
import { runPractice } from './practice/command.ts';
import { terminalCommands } from './terminal/names.ts';
import { serve } from './tools/server.ts';
import type { PageSource } from './view/source.ts';

const help = `async-worker-manager ${packageJson.version}

  async-worker-manager [settings]   serve MCP on stdin and stdout
  async-worker-manager view [path]  show a past run in the browser: a logs folder or a journal.ndjson
  async-worker-manager status       all workers in one line
  async-worker-manager watch        a table of them that goes on
  async-worker-manager show <id>    one worker
  async-worker-manager tail <id>    what one worker says
  async-worker-manager export <id>  write a worker's run as mermaid, svg, json, stately or html
  async-worker-manager practice     start the practice API and print how to use it

Settings, each a flag or an environment variable:
${describeSettings().join('\n')}
`;

/** What every page serves beside the workers. */
const pageParts = {
  env: process.env,
  webDir: fileURLToPath(new URL('../dist/web', import.meta.url)),
  charts: async () => (await import('./charts/charts.ts')).charts(),
  async exportWorker(source: PageSource, id: string, format: string) {
    const { exportRun } = await import('./export/export.ts');
    return exportRun({ ...pageParts, now: Date.now }, source, id, format);
  },
};

/** What the program does besides serving; the code of each is loaded only when it is called. */
const commands: Record<string, (argv: string[]) => Promise<number>> = {
  async view(argv) {
    const { runView } = await import('./view/command.ts');
    return runView(argv, { ...pageParts, stdout: process.stdout, stderr: process.stderr });
  },
  async export(argv) {
    const { runExport } = await import('./export/command.ts');
    const { stdout, stderr } = process;
    return runExport(argv, { ...pageParts, stdout, stderr, now: Date.now });
  },
  ...Object.fromEntries(
    terminalCommands.map((name) => [
      name,
      async (argv: string[]) => {
        const { runTerminal } = await import('./terminal/command.ts');
        const { stdout, stderr, env } = process;
        return runTerminal(name, argv, { stdout, stderr, env, now: Date.now });
      },
    ]),
  ),
  practice: (argv) => runPractice(argv, process),
};

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`async-worker-manager: ${messageOf(error)}\n`);
  process.exitCode = 2;
}

async function main(argv: string[]): Promise<void> {
  const [command = '', ...rest] = argv;
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (run) process.exitCode = await run(rest);
  else if (command === '--help' || command === '-h') process.stdout.write(help);
  else if (command === '--version') process.stdout.write(`${packageJson.version}\n`);
  else if (command === '' || command.startsWith('-')) await serveStdio(argv);
  else throw new Error(unknownCommand(command));
}

function unknownCommand(command: string): string {
  const near = nearest(command, Object.keys(commands));
  return `Unknown command "${command}"; ${near ? `did you mean ${near}?` : 'see --help for those there are.'}`;
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
    readingThread: new URL('../dist/reading-thread.mjs', import.meta.url),
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
