import { readFile, stat } from 'node:fs/promises';
import { workerPaths } from '../src/files/paths.ts';
import type { Manager } from '../src/manager/manager.ts';
import { type CrowdManager, withCrowd } from './crowd-manager.ts';
import { foldersOf } from './folders.ts';

/** The results of one run: CPU time of the manager's process, in milliseconds. */
export interface MessagesFigures {
  /** The time to read, decode and record all messages. */
  manager_ms: number;
  /** The time of JSON.parse for the same lines, without reading. */
  parse_ms: number;
  /** The bytes of the messages, and the number of their records. */
  bytes: number;
  records: number;
}

const [size = 0, count = 0] = process.argv.slice(2).map(Number);
const figures = await withCrowd(size, measure);
process.stdout.write(`${JSON.stringify(figures)}\n`);

async function measure(stage: CrowdManager): Promise<MessagesFigures> {
  const { manager, crowd, logs, until } = stage;
  const worker_ids: string[] = [];
  while (worker_ids.length < size) {
    const prompt = `Look into part ${worker_ids.length}.`;
    worker_ids.push((await manager.spawn({ description: 'Look into it', prompt })).worker_id);
  }
  await until('running', size);
  // A wait is running, as in normal use.
  const giveUp = new AbortController();
  const waiting = manager.wait({ signal: giveUp.signal, onProgress: () => {} }).catch(() => {});
  // The first execution is slower, so it is not measured.
  await crowd.chat(worker_ids, 2);
  await untilRead(manager, await sizesOf(logs, worker_ids));
  const before = await sizesOf(logs, worker_ids);
  let records = 0;
  manager.workers.onRecord(() => {
    records += 1;
  });
  const manager_ms = await processorTime(async () => {
    await crowd.chat(worker_ids, count);
    await untilRead(manager, await sizesOf(logs, worker_ids));
    await Promise.all(worker_ids.map((worker_id) => manager.workers.recorded(worker_id)));
  });
  giveUp.abort();
  await waiting;
  const { bytes, parse_ms } = await parseAll(logs, before);
  return { manager_ms, parse_ms, bytes, records };
}

/** Resolves when the journals have so many bytes of each worker's stdout. */
function untilRead({ workers }: Manager, sizes: Map<string, number>): Promise<void> {
  const isRead = (worker_id: string) =>
    workers.activityOf(worker_id).offset >= (sizes.get(worker_id) ?? 0);
  const unread = new Set([...sizes.keys()].filter((worker_id) => !isRead(worker_id)));
  return new Promise((resolve) => {
    const stop = workers.onRecord(({ worker }) => {
      if (isRead(worker)) unread.delete(worker);
      if (unread.size === 0) finish();
    });
    const finish = () => {
      stop();
      resolve();
    };
    if (unread.size === 0) finish();
  });
}

async function sizesOf(logs: string, worker_ids: string[]): Promise<Map<string, number>> {
  const sizes = worker_ids.map(async (worker_id) => {
    const { size: bytes } = await stat(workerPaths(foldersOf(logs), worker_id).stdout);
    return [worker_id, bytes] as const;
  });
  return new Map(await Promise.all(sizes));
}

/** Parses each line after the given offsets once with JSON.parse. */
async function parseAll(logs: string, offsets: Map<string, number>) {
  let bytes = 0;
  let parse_ms = 0;
  for (const [worker_id, offset] of offsets) {
    const text = (await readFile(workerPaths(foldersOf(logs), worker_id).stdout)).subarray(offset);
    const lines = text.toString('utf8').split('\n').slice(0, -1);
    bytes += text.length;
    parse_ms += await processorTime(async () => {
      for (const line of lines) JSON.parse(line);
    });
  }
  return { bytes, parse_ms };
}

async function processorTime(action: () => Promise<void>): Promise<number> {
  const usage = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(usage);
  return (user + system) / 1000;
}
