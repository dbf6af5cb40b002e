import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { onTestFinished, vi } from 'vitest';
import type { Folders } from '../../src/files/paths.ts';
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
import { isHostileHome, makeHostileHome } from './hostile-home.ts';
import { openSession } from './open-session.ts';
import { makeEmptyHome } from './surroundings.ts';
import { checkJournals, endLeftovers, readRecords, startOf } from './worker-files.ts';

/** The path of the real CLI; `npm run compat` names another one. */
export const claude = process.env.AWM_TEST_CLAUDE ?? resolve('node_modules/.bin/claude');

/** The structured content of a tool's answer. */
// biome-ignore lint/suspicious/noExplicitAny: tests read the fields of answers by name, as a client does
export type Answer = any;

export interface CallOptions {
  signal?: AbortSignal;
  /** In milliseconds. */
  timeout?: number;
  onprogress?: (progress: { progress: number; message?: string | undefined }) => void;
}

/** One server with one client. */
export interface Session {
  client: Client;
  /** The server's process id. */
  pid: number;
  /** Returns the server's stderr up to now. */
  stderr(): string;
  /** Calls a tool and returns its answer; rejects with the sentence when the call was refused. */
  call(tool: string, args?: Record<string, unknown>, options?: CallOptions): Promise<Answer>;
  /** Returns the sentence that refuses a call; rejects when the call was not refused. */
  refusal(tool: string, args?: Record<string, unknown>): Promise<string>;
  spawn(prompt: string, options?: Record<string, unknown>, agent_type?: string): Promise<string>;
  /** Closes all pipes at once, as the death of the client does. */
  abandon(): void;
  close(): Promise<void>;
}

/** How a server is started. */
export interface ConnectOptions {
  args?: string[];
  env?: Record<string, string>;
  name?: string;
  /** A command before the server's command, for example to set a system limit. */
  through?: string[];
}

/** A practice API and a project folder, for any number of servers. */
export interface Stage {
  api: PracticeApi;
  project: string;
  /** The folder of the history files. */
  logs: string;
  /** The folder of the workers' other files. */
  state: string;
  home: string;
  /** The folder that contains the project: a worker needs a permission to use it. */
  outside: string;
  /** The environment of this stage's servers. */
  environment: Record<string, string>;
  connect(options?: ConnectOptions): Promise<Session>;
  history(worker_id: string): Promise<Answer>;
  journal(worker_id: string): Promise<Answer[]>;
  /** Resolves with the journal once it has so many records of an event. */
  journaled(worker_id: string, event: string, times?: number): Promise<Answer[]>;
  /** Returns the id of the worker's latest process. */
  pid(worker_id: string): Promise<number>;
}

/** Returns the folders of a stage's workers. */
export const foldersOf = ({ logs, state }: Pick<Stage, 'logs' | 'state'>): Folders => ({
  logsDir: logs,
  stateDir: state,
  earlier: new Set(),
});

/** Returns a prompt that contains its script for the practice API. */
export function scripted(...steps: Step[]): string {
  return `Please do this. <practice>${JSON.stringify(steps)}</practice>`;
}

/** Returns a step that runs a command. */
export function bash(command: string): Step {
  return { tools: [{ name: 'Bash', input: { command } }] };
}

/**
 * Returns the conversation of an API request: one `role: text` for each text block. Leaves out the
 * messages that claude adds: reminders, and system messages for newer models.
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

/** Returns the tool results at the end of an API request. */
export function toolResultsOf(request: PracticeRequest | undefined): ToolResult[] {
  return resultsOf(messagesRequestSchema.parse(request?.body));
}

/** Resolves with the text of a file once it matches, because another process writes it. */
export async function untilWritten(path: string, pattern = /./): Promise<string> {
  const readMatch = async () => {
    const text = await readFile(path, 'utf8');
    if (!pattern.test(text)) throw new Error(`${path} does not match ${pattern} yet.`);
    return text;
  };
  return vi.waitFor(readMatch, { timeout: 20_000, interval: 20 });
}

/**
 * Creates a stage for one test. After the test it stops every worker and removes the folders.
 * @param atEnd Registers what follows the test; a concurrent test gives that of its own context.
 */
export async function setStage(
  atEnd: (act: () => Promise<void>) => void = onTestFinished,
): Promise<Stage> {
  const { stage, takeDown } = await openStage();
  atEnd(takeDown);
  return stage;
}

/** Leaves out the request with which `claude` before 2.1.277 looks whether the API is there. */
function withoutGreetings(api: PracticeApi): PracticeApi {
  const requests = () => api.requests.filter(({ path }) => path !== '/api/hello');
  return Object.create(api, { requests: { get: requests } });
}

/** Creates a stage; `takeDown` stops every worker, checks the journals and removes the folders. */
export async function openStage(): Promise<{ stage: Stage; takeDown(): Promise<void> }> {
  const api = withoutGreetings(await startPracticeApi({}));
  const root = await mkdtemp(join(tmpdir(), 'awm-'));
  const make = isHostileHome() ? makeHostileHome : makeEmptyHome;
  const { outside, project, home, variables } = await make(root);
  const logs = join(project, 'logs');
  const state = join(root, 'state');
  const sessions: Session[] = [];
  const environment = {
    ...{ PATH: process.env.PATH ?? '', HOME: home, AWM_CLAUDE: claude, AWM_STATE_DIR: state },
    // Without standby processes a test can count the processes of its workers.
    AWM_STANDBY: '0',
    // The garbage collection of an idle claude costs up to a fifth of its start.
    BUN_GC_TIMER_DISABLE: '1',
    ...variables,
    ...api.environment(),
  };

  const connect: Stage['connect'] = async (options = {}) => {
    const { args = [], env = {}, name = 'claude-code', through = [] } = options;
    const session = await openSession({
      ...{ args, name, through },
      cwd: project,
      env: { ...environment, ...env },
    });
    sessions.push(session);
    return session;
  };
  const takeDown = async () => {
    for (const session of sessions) await endSession(session);
    await endLeftovers(state);
    await api.close();
    await checkJournals(state);
    await rm(root, { recursive: true, force: true });
  };

  const journal = (id: string) => readRecords(state, id);
  const stage: Stage = {
    ...{ api, project, logs, state, home, outside, environment },
    connect,
    history: async (id) => JSON.parse(await readFile(join(logs, `worker-${id}.json`), 'utf8')),
    journal,
    journaled(id, event, times = 1) {
      const readEnough = async () => {
        const records = await journal(id);
        const found = records.filter((record) => record.event.type === event).length;
        if (found < times) throw new Error(`${found} of ${times} ${event} in the journal of ${id}`);
        return records;
      };
      return vi.waitFor(readEnough, { timeout: 20_000, interval: 20 });
    },
    async pid(id) {
      const started = await startOf(state, id);
      if (!started) throw new Error(`Worker ${id} has no process.`);
      return started.pid;
    },
  };
  return { stage, takeDown };
}

/** Stops the running workers and closes the server, if the test has not ended it. */
async function endSession(session: Session): Promise<void> {
  try {
    const { workers } = await session.call('list_workers');
    const worker_ids = workers.map(({ worker_id }: { worker_id: string }) => worker_id);
    if (worker_ids.length > 0) await session.call('stop_worker', { worker_ids });
  } catch {
    // The test has ended this server.
  }
  await session.close();
}
