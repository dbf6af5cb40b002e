import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { onTestFinished, vi } from 'vitest';
import {
  messagesRequestSchema,
  resultsOf,
  type ToolResult,
  textsIn,
} from '../../src/practice/conversation.ts';
import type { Step } from '../../src/practice/script.ts';
import {
  type PracticeApi,
  type PracticeRequest,
  startPracticeApi,
} from '../../src/practice/server.ts';
import { openSession } from './open-session.ts';
import { checkJournals, endLeftovers, readRecords, startOf } from './worker-files.ts';

/** The real CLI. */
export const claude = resolve('node_modules/.bin/claude');

/** A tool's answer: its structured content, or the sentence of a refused call. */
// biome-ignore lint/suspicious/noExplicitAny: tests read answers as a client does, by name
export type Answer = any;

export interface CallOptions {
  signal?: AbortSignal;
  /** In milliseconds. */
  timeout?: number;
  onprogress?: (progress: { progress: number; message?: string | undefined }) => void;
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

/** How a server is started. */
export interface ConnectOptions {
  args?: string[];
  env?: Record<string, string>;
  name?: string;
  /** A command that runs the server's own command, as under a limit of the system. */
  through?: string[];
}

/** A practice API and a project folder, for as many servers one after another as a test wants. */
export interface Stage {
  api: PracticeApi;
  project: string;
  logs: string;
  home: string;
  /** The folder around the project: outside of what a worker may touch without asking. */
  outside: string;
  connect(options?: ConnectOptions): Promise<Session>;
  history(worker_id: string): Promise<Answer>;
  journal(worker_id: string): Promise<Answer[]>;
  /** The journal, once it holds so many records of an event. */
  journaled(worker_id: string, event: string, times?: number): Promise<Answer[]>;
  /** The id of the worker's latest process. */
  pid(worker_id: string): Promise<number>;
}

/** A prompt that carries its own script for the practice API. */
export function scripted(...steps: Step[]): string {
  return `Please do this. <practice>${JSON.stringify(steps)}</practice>`;
}

/** A step that runs a command. */
export function bash(command: string): Step {
  return { tools: [{ name: 'Bash', input: { command } }] };
}

/**
 * The conversation that a request to the API carried: one `role: text` for each text block. What
 * claude itself tells its model is left out: reminders, and for newer models system messages.
 */
export function conversationOf(request: PracticeRequest | undefined): string[] {
  const { messages } = messagesRequestSchema.parse(request?.body);
  const spoken = messages.filter(({ role }) => role !== 'system');
  return spoken.flatMap(({ role, content }) =>
    textsIn(content)
      .filter((text) => !text.startsWith('<system-reminder>'))
      .map((text) => `${role}: ${text.trim()}`),
  );
}

/** The tool results that a request to the API ended with. */
export function toolResultsOf(request: PracticeRequest | undefined): ToolResult[] {
  return resultsOf(messagesRequestSchema.parse(request?.body));
}

/** The text of a file that somebody else is about to write, once it matches. */
export async function written(path: string, pattern = /./): Promise<string> {
  const look = async () => {
    const text = await readFile(path, 'utf8');
    if (!pattern.test(text)) throw new Error(`${path} does not hold ${pattern} yet.`);
    return text;
  };
  return vi.waitFor(look, { timeout: 20_000, interval: 20 });
}

/** Sets a stage for one test: when the test is over, every worker is stopped and the folders go. */
export async function setStage(): Promise<Stage> {
  const { stage, takeDown } = await openStage();
  onTestFinished(takeDown);
  return stage;
}

/** Sets a stage; `takeDown` stops every worker, checks the journals and removes the folders. */
export async function openStage(): Promise<{ stage: Stage; takeDown(): Promise<void> }> {
  const api = await startPracticeApi({});
  const root = await mkdtemp(join(tmpdir(), 'awm-'));
  const project = await mkdtemp(join(root, 'project-'));
  const home = await mkdtemp(join(root, 'home-'));
  const logs = join(project, 'logs');
  const sessions: Session[] = [];

  const connect: Stage['connect'] = async (options = {}) => {
    const { args = [], env = {}, name = 'claude-code', through = [] } = options;
    const environment = {
      ...{ PATH: process.env.PATH ?? '', HOME: home, AWM_CLAUDE: claude },
      // A process that nobody asked for would be counted by tests that count processes.
      AWM_STANDBY: '0',
      // An idle claude does not collect garbage: that took as long as a fifth of its start.
      BUN_GC_TIMER_DISABLE: '1',
    };
    const session = await openSession({
      ...{ args, name, through },
      cwd: project,
      env: { ...environment, ...api.environment(), ...env },
    });
    sessions.push(session);
    return session;
  };
  const takeDown = async () => {
    for (const session of sessions) await endSession(session);
    await endLeftovers(logs);
    await api.close();
    await checkJournals(logs);
    await rm(root, { recursive: true, force: true });
  };

  const journal = (id: string) => readRecords(logs, id);
  const stage: Stage = {
    ...{ api, project, logs, home, outside: root },
    connect,
    history: async (id) => JSON.parse(await readFile(join(logs, `worker-${id}.json`), 'utf8')),
    journal,
    journaled(id, event, times = 1) {
      const look = async () => {
        const records = await journal(id);
        const found = records.filter((record) => record.event.type === event).length;
        if (found < times) throw new Error(`${found} of ${times} ${event} in the journal of ${id}`);
        return records;
      };
      return vi.waitFor(look, { timeout: 20_000, interval: 20 });
    },
    async pid(id) {
      const started = await startOf(logs, id);
      if (!started) throw new Error(`Worker ${id} has no process.`);
      return started.pid;
    },
  };
  return { stage, takeDown };
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
