import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { onTestFinished } from 'vitest';
import type { Step } from '../../src/practice/script.ts';
import { type PracticeApi, startPracticeApi } from '../../src/practice/server.ts';

/** The real CLI, and the server as it is shipped. */
export const claude = resolve('node_modules/.bin/claude');
const bundle = resolve('dist/main.mjs');

/** A tool's answer: its structured content, or the sentence of a refused call. */
// biome-ignore lint/suspicious/noExplicitAny: tests read answers as a client does, by name
export type Answer = any;

export interface CallOptions {
  signal?: AbortSignal;
  onprogress?: (progress: { progress: number; message?: string }) => void;
}

/** One server with one client, on a project folder of its own. */
export interface Session {
  client: Client;
  /** The server's process id. */
  pid: number;
  /** Everything the server wrote to stderr. */
  stderr(): string;
  /** Calls a tool and gives its answer; rejects with the sentence when the call was refused. */
  call(tool: string, args?: Record<string, unknown>, options?: CallOptions): Promise<Answer>;
  /** The sentence with which a call is refused. */
  refusal(tool: string, args?: Record<string, unknown>): Promise<string>;
  spawn(prompt: string, options?: Record<string, unknown>, agent_type?: string): Promise<string>;
  close(): Promise<void>;
}

/** A practice API and a project folder, for as many servers one after another as a test wants. */
export interface Stage {
  api: PracticeApi;
  project: string;
  logs: string;
  connect(options?: {
    args?: string[];
    env?: Record<string, string>;
    name?: string;
  }): Promise<Session>;
  history(worker_id: string): Promise<Answer>;
  journal(worker_id: string): Promise<Answer[]>;
}

/** A prompt that carries its own script for the practice API. */
export function scripted(...steps: Step[]): string {
  return `Please do this. <practice>${JSON.stringify(steps)}</practice>`;
}

/** Sets a stage that is taken down when the test is over: stops every worker and removes the folders. */
export async function setStage(): Promise<Stage> {
  const api = await startPracticeApi({});
  const root = await mkdtemp(join(tmpdir(), 'awm-'));
  const project = await mkdtemp(join(root, 'project-'));
  const home = await mkdtemp(join(root, 'home-'));
  const logs = join(project, 'logs');
  const sessions: Session[] = [];

  const connect: Stage['connect'] = async ({ args = [], env = {}, name = 'claude-code' } = {}) => {
    const environment = { PATH: process.env.PATH ?? '', HOME: home, AWM_CLAUDE: claude };
    const session = await openSession({
      args,
      name,
      cwd: project,
      env: { ...environment, ...api.environment(), ...env },
    });
    sessions.push(session);
    return session;
  };
  onTestFinished(async () => {
    for (const session of sessions) await endSession(session);
    await api.close();
    await rm(root, { recursive: true, force: true });
  });

  return {
    api,
    project,
    logs,
    connect,
    history: async (id) => JSON.parse(await readFile(join(logs, `worker-${id}.json`), 'utf8')),
    async journal(id) {
      const text = await readFile(join(logs, `worker-${id}`, 'journal.ndjson'), 'utf8');
      return text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    },
  };
}

/** Stops what still runs, then closes; a server that is gone already has nothing to stop. */
async function endSession(session: Session): Promise<void> {
  try {
    const { workers } = await session.call('list_workers');
    const worker_ids = workers.map(({ worker_id }: { worker_id: string }) => worker_id);
    if (worker_ids.length > 0) await session.call('stop_worker', { worker_ids });
  } catch {
    // The test ended this server itself.
  }
  await session.close();
}

async function openSession(input: {
  args: string[];
  cwd: string;
  env: Record<string, string>;
  name: string;
}): Promise<Session> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [bundle, ...input.args],
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
    close: () => client.close(),
  };
}
