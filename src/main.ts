#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import packageJson from '../package.json' with { type: 'json' };
import { launchDetached } from './claude/launch.ts';
import { describeSettings, readConfig } from './config.ts';
import { messageOf } from './errors.ts';
import { createManager } from './manager.ts';
import { runPractice } from './practice/command.ts';
import { serve } from './tools/server.ts';

const help = `async-worker-manager ${packageJson.version}

  async-worker-manager [settings]   serve MCP on stdin and stdout
  async-worker-manager practice     start the practice API and print how to use it

Settings, each a flag or an environment variable:
${describeSettings().join('\n')}
`;

const [command, ...rest] = process.argv.slice(2);
try {
  if (command === 'practice') process.exitCode = await runPractice(rest, process);
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
  let isEnding = false;
  const end = async () => {
    if (isEnding) {
      if (config.onExit === 'stop') manager.kill();
      process.exit(1);
    }
    isEnding = true;
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
}
