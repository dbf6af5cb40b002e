import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Answer, claude, type Stage } from './harness.ts';

/** The prefix that `claude` puts before the tools of an MCP server named `workers`. */
export const toolPrefix = 'mcp__workers__';

/** What the `claude` of a test is given beside its prompt. */
export interface OuterOptions {
  /** More variables of its environment. */
  env?: Record<string, string>;
  /** More arguments. */
  args?: string[];
  /** False to have no MCP server. */
  hasServer?: boolean;
}

/**
 * Runs `claude -p` in the stage's project, with this server as its only MCP server, and with Bash and
 * all tools of the server allowed.
 * @returns all lines of its output.
 */
export async function runOuterClaude(
  stage: Stage,
  prompt: string,
  { env = {}, args: more = [], hasServer = true }: OuterOptions = {},
): Promise<Answer[]> {
  const config = join(stage.home, 'mcp.json');
  const args = [resolve('dist/main.mjs'), '--keep-alive-seconds', '0'];
  const server = { command: process.execPath, args, env: { AWM_CLAUDE: claude } };
  await writeFile(config, JSON.stringify({ mcpServers: hasServer ? { workers: server } : {} }));
  const child = spawn(
    claude,
    [
      ...['-p', '--output-format', 'stream-json', '--verbose', '--strict-mcp-config'],
      ...[
        '--mcp-config',
        config,
        ...more,
        '--allowedTools',
        `${toolPrefix}*`,
        'Bash',
        '--',
        prompt,
      ],
    ],
    {
      cwd: stage.project,
      env: { PATH: process.env.PATH, HOME: stage.home, ...stage.api.environment(), ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const chunks: string[] = await child.stdout.setEncoding('utf8').toArray();
  const lines = chunks.join('').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}
