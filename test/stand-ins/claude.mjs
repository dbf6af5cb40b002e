#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { createCli } from './cli.mjs';

/** A `claude` without a model and an account: it reads and writes the lines of the CLI, see cli.mjs. */
const cli = createCli({
  args: process.argv.slice(2),
  env: process.env,
  write: (bytes) => writeSync(1, typeof bytes === 'string' ? Buffer.from(bytes) : bytes),
  exit: (code) => process.exit(code),
});
process.on('SIGTERM', () => process.exit(143));

let rest = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) cli.take(line);
});
