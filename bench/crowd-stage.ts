import { appendFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { type Caller, createCaller, listWorkers } from '../demo/caller.ts';
import { workerPaths } from '../src/files/paths.ts';
import type { SpawnResult } from '../src/manager/spawn.ts';
import type { WaitResult } from '../src/manager/wait-result.ts';
import type { Bundled } from './bundle.ts';
import { foldersOf } from './folders.ts';

/** A server whose workers are stand-ins, with a client over stdio. */
export interface CrowdStage {
  client: Client;
  caller: Caller;
  /** The running workers. */
  worker_ids: string[];
  spawn(): Promise<SpawnResult>;
  /** Resolves once a worker's turn is running. */
  untilRunning(worker_id: string): Promise<void>;
  /** Calls `wait` for all workers, acts once it waits, and returns the milliseconds until its answer. */
  waitFor(act: () => void): Promise<{ answer: WaitResult; took: number }>;
  /** Writes lines to a worker's stdout, like `claude`. */
  write(worker_id: string, ...lines: object[]): void;
  close(): Promise<void>;
}

/** Creates a stage with `live` running workers; `more` workers can be spawned later. */
export async function setCrowdStage(
  bundled: Bundled,
  live: number,
  more: number,
): Promise<CrowdStage> {
  const client = await connect(bundled('crowd-server'), [String(live), String(more)]);
  const caller = createCaller(client);
  const rows = await listWorkers(client);
  const logs = dirname(rows[0]?.conversation_history_file_path ?? '');
  return {
    client,
    caller,
    worker_ids: rows.map(({ worker_id }) => worker_id),
    spawn: () => caller.spawn({ description: 'Look into it', prompt: 'Look into it.' }),
    async untilRunning(worker_id) {
      const isRunning = async () =>
        (await listWorkers(client, 'running')).some((row) => row.worker_id === worker_id);
      while (!(await isRunning()));
    },
    waitFor: (act) => waitFor(client, act),
    write(worker_id, ...lines) {
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      appendFileSync(workerPaths(foldersOf(logs), worker_id).stdout, text);
    },
    close: () => client.close(),
  };
}

/** Resolves with the first progress of a `wait`, which shows that it waits. */
async function waitFor(client: Client, act: () => void) {
  let begin = 0;
  const onprogress = () => {
    if (begin > 0) return;
    begin = performance.now();
    act();
  };
  const result = await client.callTool({ name: 'wait', arguments: {} }, undefined, {
    onprogress,
    timeout: 600_000,
  });
  // The answer of `wait` has the type of the manager's method.
  return {
    answer: result.structuredContent as unknown as WaitResult,
    took: performance.now() - begin,
  };
}

/** Connects a client to a server. */
export async function connect(script: string, args: string[] = []): Promise<Client> {
  const client = new Client({ name: 'claude-code', version: '1.0.0' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [script, ...args],
    stderr: 'inherit',
  });
  await client.connect(transport);
  return client;
}
