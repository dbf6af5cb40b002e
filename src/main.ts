#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import packageJson from '../package.json' with { type: 'json' };
import { launchDetached } from './claude/launch.ts';
import { type Config, describeSettings, readConfig } from './config.ts';
import { ManagerError, messageOf, nearest } from './errors.ts';
import { createManager, type Manager } from './manager.ts';
import { runPractice } from './practice/command.ts';
import type { TerminalCommand } from './terminal/command.ts';
import { serve } from './tools/server.ts';
import type { PageSource } from './view/source.ts';

/** What runs instead of the server. */
interface Command {
  usage: string;
  summary: string;
  /** Gives the exit code. Its code is loaded when it is wanted, as the server has to start fast. */
  run(argv: string[]): Promise<number>;
}

const commands: Record<string, Command> = {
  status: { usage: 'status', summary: 'all workers in one line', run: inTerminal('status') },
  watch: { usage: 'watch', summary: 'all workers in a live table', run: inTerminal('watch') },
  show: { usage: 'show <id>', summary: 'one worker in full', run: inTerminal('show') },
  tail: { usage: 'tail <id>', summary: 'its messages, as they come', run: inTerminal('tail') },
  view: {
    usage: 'view [path]',
    summary: 'a past run in the browser: a logs folder or a journal.ndjson',
    run: view,
  },
  export: {
    usage: 'export <id>',
    summary: "a worker's run as mermaid, svg, json, stately or html",
    run: exportWorker,
  },
  practice: {
    usage: 'practice',
    summary: 'start the practice API and print how to use it',
    run: (argv) => runPractice(argv, process),
  },
};

const help = `async-worker-manager ${packageJson.version}

  async-worker-manager [settings]   serve MCP on stdin and stdout
${Object.values(commands)
  .map(({ usage, summary }) => `  async-worker-manager ${usage.padEnd(12)} ${summary}`)
  .join('\n')}

The beginning of an <id> is enough. status, watch, show, tail and export read the files of a logs
folder, which --logs-dir or AWM_LOGS_DIR names; they need no server and change nothing.

Settings of the server, each a flag or an environment variable:
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

const [name = '', ...rest] = process.argv.slice(2);
try {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command) process.exitCode = await command.run(rest);
  else if (name === '--help' || name === '-h') process.stdout.write(help);
  else if (name === '--version') process.stdout.write(`${packageJson.version}\n`);
  else if (name === '' || name.startsWith('-')) await serveStdio(process.argv.slice(2));
  else throw unknownCommand(name);
} catch (error) {
  process.stderr.write(`async-worker-manager: ${messageOf(error)}\n`);
  process.exitCode = 2;
}

function unknownCommand(found: string): ManagerError {
  const near = nearest(found, Object.keys(commands));
  const advice = near ? `did you mean ${near}?` : 'see --help for the ones there are.';
  return new ManagerError('invalid_input', `Unknown command "${found}"; ${advice}`);
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

function inTerminal(command: TerminalCommand): Command['run'] {
  return async (argv) => {
    const { runTerminal } = await import('./terminal/command.ts');
    const { stdout, stderr, env } = process;
    return runTerminal(command, argv, { stdout, stderr, env, now: Date.now });
  };
}

async function view(argv: string[]): Promise<number> {
  const { runView } = await import('./view/command.ts');
  return runView(argv, { ...pageParts, stdout: process.stdout, stderr: process.stderr });
}

async function exportWorker(argv: string[]): Promise<number> {
  const { runExport } = await import('./export/command.ts');
  const { stdout, stderr } = process;
  return runExport(argv, { ...pageParts, stdout, stderr, now: Date.now });
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
