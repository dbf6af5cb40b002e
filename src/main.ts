#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { endSignal } from './cli/end-signal.ts';
import type { Actions } from './cli/program.ts';
import { readerGone } from './cli/reader-gone.ts';
import { serveStdio } from './cli/serve.ts';
import { messageOf } from './errors.ts';
import type { PageSource } from './projection/source.ts';

const { version } = packageJson;
const outputLost = readerGone(process);

/** The parts that every page needs besides the workers. */
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

/** The commands. Each loads its own code, so that a server loads none of it. */
const actions: Actions = {
  async serve(flags) {
    await serveStdio(flags, { version, page: pageParts, readingThread, outputLost });
    return 0;
  },
  async view(flags) {
    const [{ runView }, { foldersOf }] = await Promise.all([
      import('./cli/view.ts'),
      import('./cli/io.ts'),
    ]);
    const { stdout, stderr, env } = process;
    return runView(foldersOf(flags, env), {
      ...pageParts,
      stdout,
      stderr,
      signal: endSignal(outputLost),
    });
  },
  async exportRun(input) {
    const { runExport } = await import('./cli/export.ts');
    const { stdout, stderr } = process;
    return runExport(input, { ...pageParts, stdout, stderr, now: Date.now });
  },
  async terminal(command, input) {
    const { runTerminal } = await import('./cli/terminal.ts');
    const { stdout, stderr, env } = process;
    return runTerminal(command, input, {
      stdout,
      stderr,
      env,
      now: Date.now,
      signal: endSignal(outputLost),
    });
  },
  async practice(input) {
    const { runPractice } = await import('./practice/command.ts');
    const { stdout, stderr } = process;
    return runPractice(input, { stdout, stderr, signal: endSignal(outputLost) });
  },
};

async function main(argv: string[]): Promise<void> {
  if (argv.length === 0) {
    // Most servers start without arguments. They do not load the parser.
    await actions.serve({});
    return;
  }
  const { runProgram } = await import('./cli/program.ts');
  process.exitCode = await runProgram(argv, { version, stdout: process.stdout }, actions);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`async-worker-manager: ${messageOf(error)}\n`);
  process.exitCode = 2;
}
