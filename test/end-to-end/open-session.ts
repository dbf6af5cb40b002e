import { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { checkForCrash } from '../crash.ts';
import type { CallOptions, Session } from './harness.ts';

/** The shipped server. */
const bundle = resolve('dist/main.mjs');

/** Starts a server and connects a client to it. */
export async function openSession(input: {
  args: string[];
  cwd: string;
  env: Record<string, string>;
  name: string;
  /** A command before the server's command, for example to set a system limit. */
  through?: string[];
}): Promise<Session> {
  const own = [process.execPath, bundle, ...input.args];
  const [command = '', ...args] = [...(input.through ?? []), ...own];
  const transport = new StdioClientTransport({
    command,
    args,
    cwd: input.cwd,
    env: input.env,
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const client = new Client({ name: input.name, version: '1.0.0' });
  await client.connect(transport);

  const request = async (
    name: string,
    args: Record<string, unknown> = {},
    options?: CallOptions,
  ) => {
    const timeout = 120_000;
    return client.callTool({ name, arguments: args }, undefined, { timeout, ...options });
  };
  const sentence = (result: Awaited<ReturnType<typeof request>>): string => {
    const [block] = Array.isArray(result.content) ? result.content : [];
    return block?.type === 'text' ? block.text : '';
  };
  const call: Session['call'] = async (tool, args, options) => {
    const result = await request(tool, args, options);
    if (result.isError) throw new Error(sentence(result));
    return result.structuredContent;
  };

  return {
    client,
    pid: transport.pid ?? 0,
    stderr: () => stderr,
    call,
    async refusal(tool, args) {
      const result = await request(tool, args);
      if (!result.isError) throw new Error(`${tool} was not refused: ${sentence(result)}`);
      return sentence(result);
    },
    async spawn(prompt, options, agent_type) {
      const args = { description: 'A test worker', prompt, options, agent_type };
      return (await call('spawn_worker', args)).worker_id;
    },
    abandon() {
      // The SDK closes pipes only with good manners: it waits, and then sends signals.
      const server: unknown = Reflect.get(transport, '_process');
      if (!(server instanceof ChildProcess)) throw new Error('The session has no process.');
      for (const pipe of server.stdio) pipe?.destroy();
    },
    async close() {
      await client.close();
      checkForCrash(stderr);
    },
  };
}
