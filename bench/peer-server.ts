import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { claude, type Stage } from '../demo/stage.ts';

const name = '@steipete/claude-code-mcp';

/** Another MCP server that runs `claude`: one tool, which returns when `claude -p` has exited. */
export const peerName = `${name} 1.10.12`;

/** Installs that server into a separate folder; it is no part of this project. */
export async function installPeer(folder: string): Promise<void> {
  const quiet = ['--no-save', '--no-audit', '--no-fund'];
  const args = ['install', ...quiet, '--prefix', folder, peerName.replace(' ', '@')];
  await promisify(execFile)('npm', args);
}

/** Starts that server for the stage's project, with the same `claude` and API. */
export async function connectPeer({ project, env }: Stage, folder: string): Promise<Client> {
  const client = new Client({ name: 'claude-code', version: '1.0.0' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(folder, 'node_modules', name, 'dist', 'server.js')],
    cwd: project,
    env: {
      ...env,
      CLAUDE_CLI_NAME: claude,
      // It always skips permissions, which claude refuses for root outside a sandbox.
      ...(process.getuid?.() === 0 ? { IS_SANDBOX: '1' } : {}),
    },
    stderr: 'ignore',
  });
  await client.connect(transport);
  return client;
}

/**
 * Calls its tool and returns the text of the answer.
 * @throws Error when the answer is an error, or is no text.
 */
export async function askPeer(client: Client, prompt: string, workFolder: string): Promise<string> {
  const call = { name: 'claude_code', arguments: { prompt, workFolder } };
  const { isError, content } = await client.callTool(call, undefined, { timeout: 600_000 });
  // The content of a tool's answer is a list of blocks, which the SDK's type does not say.
  const [block] = content as { type: string; text?: string }[];
  if (isError || block?.text === undefined) throw new Error('The other server gave no answer.');
  return block.text;
}
