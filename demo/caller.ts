import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { WorkerRow } from '../src/manager/rows.ts';
import type { SpawnResult } from '../src/manager/spawn.ts';
import type { WaitResult } from '../src/manager/wait-result.ts';
import type { Part } from './scenario.ts';

/** Callbacks for the calls of a caller and their answers. */
export interface Listener {
  onCall?(tool: string, args: object): void;
  onAnswer?(tool: string, answer: object): void;
  /** Gets the progress notifications of `wait`. */
  onProgress?(line: string): void;
}

/** Calls the tools like a session of Claude Code, and counts the bytes of the answers. */
export interface Caller {
  /** The bytes of all answers up to now. */
  readonly bytes: number;
  /** The bytes of the answers of `wait` up to now. */
  readonly waitBytes: number;
  /** Returns the bytes about one worker, without the frames of the answers. */
  bytesAbout(worker_id: string): number;
  spawn(part: Pick<Part, 'description' | 'prompt' | 'options'>): Promise<SpawnResult>;
  /** Waits for these workers, or for all. */
  wait(signal: AbortSignal, worker_ids?: string[]): Promise<WaitResult>;
  approve(request_id: string, decision: { allow: boolean; reason?: string }): Promise<void>;
  resume(worker_id: string, prompt: string): Promise<void>;
}

/** The timeout of a call, longer than any wait of the demo or a benchmark. */
const timeout = 600_000;

/** Creates a caller that counts only the structured content, which Claude Code shows to the model. */
export function createCaller(client: Client, listener: Listener = {}): Caller {
  const about = new Map<string, number>();
  let bytes = 0;
  let waitBytes = 0;

  const count = (answer: object) => {
    bytes += bytesOf(answer);
    for (const row of rowsOf(answer)) {
      about.set(row.worker_id, (about.get(row.worker_id) ?? 0) + bytesOf(row));
    }
  };
  const call = async <Answer extends object>(
    tool: string,
    args: object,
    options: { signal?: AbortSignal; onprogress?: (progress: { message?: string }) => void } = {},
  ): Promise<Answer> => {
    listener.onCall?.(tool, args);
    const answer = await callTool<Answer>(client, tool, args, options);
    count(answer);
    listener.onAnswer?.(tool, answer);
    return answer;
  };

  return {
    get bytes() {
      return bytes;
    },
    get waitBytes() {
      return waitBytes;
    },
    bytesAbout: (worker_id) => about.get(worker_id) ?? 0,
    spawn: ({ description, prompt, options }) =>
      call('spawn_worker', { description, prompt, ...(options && { options }) }),
    async wait(signal, worker_ids) {
      const onprogress = ({ message = '' }) => listener.onProgress?.(message);
      const args = worker_ids === undefined ? {} : { worker_ids };
      const answer = await call<WaitResult>('wait', args, { signal, onprogress });
      waitBytes += bytesOf(answer);
      return answer;
    },
    async approve(request_id, decision) {
      await call('approve_permission', { request_id, ...decision });
    },
    async resume(worker_id, prompt) {
      await call('resume_worker', { worker_id, prompt });
    },
  };
}

/** Returns the rows of `list_workers` for a display, without counting them. */
export async function listWorkers(client: Client, status?: string): Promise<WorkerRow[]> {
  const args = status === undefined ? {} : { status };
  const { workers } = await callTool<{ workers: WorkerRow[] }>(client, 'list_workers', args);
  return workers;
}

/** Stops workers and their processes. */
export async function stopWorkers(client: Client, worker_ids: string[]): Promise<void> {
  await callTool(client, 'stop_worker', { worker_ids });
}

async function callTool<Answer extends object>(
  client: Client,
  name: string,
  args: object,
  options: object = {},
): Promise<Answer> {
  const request = { name, arguments: { ...args } };
  const result = await client.callTool(request, undefined, { timeout, ...options });
  if (result.isError) throw new Error(`${name} was refused: ${JSON.stringify(result.content)}`);
  // Each tool's answer has the type of the manager's method.
  return result.structuredContent as Answer;
}

const bytesOf = (value: object): number => Buffer.byteLength(JSON.stringify(value));

type Row = object & { worker_id: string };

/** Returns the rows of an answer, each about one worker. */
function rowsOf(answer: object): Row[] {
  if (isRow(answer)) return [answer];
  return Object.values(answer).flatMap((list: unknown) =>
    Array.isArray(list) ? list.filter(isRow) : [],
  );
}

function isRow(value: unknown): value is Row {
  return (
    typeof value === 'object' &&
    value !== null &&
    'worker_id' in value &&
    typeof value.worker_id === 'string'
  );
}
