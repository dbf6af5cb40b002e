import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { PracticeApi } from '../../src/practice/server.ts';

const CLAUDE = join(import.meta.dirname, '../../node_modules/.bin/claude');

const eventSchema = z.looseObject({ type: z.string(), subtype: z.string().optional() });
type ClaudeEvent = z.infer<typeof eventSchema>;

/** The real claude in an empty home folder, with an environment built from nothing. */
export interface RealClaude {
  /** Runs one `claude -p` to its end and gives the lines it wrote. */
  run(args: readonly string[], lines?: readonly unknown[]): Promise<ClaudeEvent[]>;
  /** Starts one `claude -p` for a caller who ends it with SIGKILL. */
  start(args: readonly string[]): { kill(): Promise<void> };
  remove(): Promise<void>;
}

/** Prepares a real claude for one test. */
export async function realClaude(api: PracticeApi): Promise<RealClaude> {
  const home = await mkdtemp(join(tmpdir(), 'practice-home-'));
  const env = { PATH: process.env.PATH, HOME: home, ...api.environment() };
  const launch = (args: readonly string[], input: string) => {
    const all = ['-p', '--output-format', 'stream-json', '--verbose', ...args];
    const child = spawn(CLAUDE, all, { cwd: home, env, stdio: ['pipe', 'pipe', 'inherit'] });
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.stdin.end(input);
    return { child, closed };
  };
  return {
    run: async (args, lines = []) => {
      const input = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      const { child, closed } = launch(args, input);
      const chunks = await child.stdout.setEncoding('utf8').toArray();
      await closed;
      return events(chunks);
    },
    start: (args) => {
      const { child, closed } = launch(args, '');
      child.stdout.resume();
      return {
        kill: () => {
          child.kill('SIGKILL');
          return closed;
        },
      };
    },
    remove: () => rm(home, { recursive: true }),
  };
}

function events(chunks: readonly string[]): ClaudeEvent[] {
  const lines = chunks.join('').split('\n');
  return lines.filter((line) => line !== '').map((line) => eventSchema.parse(JSON.parse(line)));
}
