#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { terminalCommands } from './cli/names.ts';
import { serveStdio } from './cli/serve.ts';
import { describeSettings } from './config/settings.ts';
import { messageOf, nearest } from './errors.ts';
import type { PageSource } from './projection/source.ts';

const help = () => `async-worker-manager ${packageJson.version}

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

const readingThread = new URL('../dist/reader-thread.mjs', import.meta.url);

/** What the program does besides serving; the code of each is loaded only when it is called. */
const commands: Record<string, (argv: string[]) => Promise<number>> = {
  async view(argv) {
    const { runView } = await import('./cli/view.ts');
    return runView(argv, { ...pageParts, stdout: process.stdout, stderr: process.stderr });
  },
  async export(argv) {
    const { runExport } = await import('./cli/export.ts');
    const { stdout, stderr } = process;
    return runExport(argv, { ...pageParts, stdout, stderr, now: Date.now });
  },
  ...Object.fromEntries(
    terminalCommands.map((name) => [
      name,
      async (argv: string[]) => {
        const { runTerminal } = await import('./cli/terminal.ts');
        const { stdout, stderr, env } = process;
        return runTerminal(name, argv, { stdout, stderr, env, now: Date.now });
      },
    ]),
  ),
  async practice(argv) {
    const { runPractice } = await import('./practice/command.ts');
    return runPractice(argv, process);
  },
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
  else if (command === '--help' || command === '-h') process.stdout.write(help());
  else if (command === '--version') process.stdout.write(`${packageJson.version}\n`);
  else if (command === '' || command.startsWith('-'))
    await serveStdio(argv, { version: packageJson.version, page: pageParts, readingThread });
  else throw new Error(unknownCommand(command));
}

function unknownCommand(command: string): string {
  const near = nearest(command, Object.keys(commands));
  return `Unknown command "${command}"; ${near ? `did you mean ${near}?` : 'see --help for those there are.'}`;
}
