import { resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Answer } from '../end-to-end/harness.ts';

/** A built server and its client. */
export interface Server {
  call(tool: string, args?: Record<string, unknown>): Promise<Answer>;
  spawn(prompt: string, options?: Record<string, unknown>, agent_type?: string): Promise<string>;
  /** Resolves with the answer of `wait` for one worker. */
  settle(worker_id: string): Promise<Answer>;
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** Resolves when a process has ended. */
export async function waitForExit(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Starts a built server in a project folder. */
export async function connect(
  bundle: string,
  project: string,
  args: string[],
  env: Record<string, string>,
): Promise<Server> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [resolve(bundle), ...args],
    cwd: project,
    env,
    stderr: 'ignore',
  });
  const client = new Client({ name: 'claude-code', version: '1.0.0' });
  await client.connect(transport);
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const result: Answer = await client.callTool({ name, arguments: args }, undefined, {
      timeout: 120_000,
    });
    if (result.isError) throw new Error(`${name}: ${result.content[0].text}`);
    return result.structuredContent;
  };
  return {
    call,
    async spawn(prompt, options, agent_type) {
      return (
        await call('spawn_worker', { description: 'A golden worker', prompt, options, agent_type })
      ).worker_id;
    },
    settle: (worker_id) => call('wait', { worker_ids: [worker_id] }),
    async kill() {
      const pid = transport.pid ?? 0;
      process.kill(pid, 'SIGKILL');
      await waitForExit(pid);
    },
    close: () => client.close(),
  };
}
