import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/config.ts';
import { createManager, type Manager } from '../src/manager.ts';
import { type Crowd, gatherCrowd } from './crowd.ts';
import { percentile } from './harness.ts';

/** What one run with N workers gives. */
export interface FleetFigures {
  workers: number;
  /** Milliseconds a worker: from the first spawn to the answer of `wait`. */
  total_ms: number;
  /** Milliseconds of one spawn, for the first and the last hundred: they differ if it grows. */
  first_spawn_ms: number;
  last_spawn_ms: number;
  /** Milliseconds a worker, from the end of all turns to the answer of `wait`. */
  wait_ms: number;
  /** Processor time of the server's process, in milliseconds a worker. */
  cpu_ms: number;
  /** KB of heap a worker, while all run, and after all were delivered and are gone. */
  running_heap_kb: number;
  gone_heap_kb: number;
  /** KB a worker of memory outside the heap, such as buffers, while all run. */
  running_buffers_kb: number;
}

const size = Number(process.argv[2]);
const folder = await mkdtemp(join(tmpdir(), 'awm-bench-'));
const crowd = await gatherCrowd(size, folder);
try {
  process.stdout.write(`${JSON.stringify(await measure(crowd))}\n`);
} finally {
  crowd.close();
  await rm(folder, { recursive: true, force: true });
}

async function measure({ launch, finish, leave }: Crowd): Promise<FleetFigures> {
  const manager = createManager({
    config: readConfig(['--logs-dir', 'logs', '--max-workers', String(size)], {
      CLAUDE_PROJECT_DIR: folder,
    }),
    env: {},
    launch,
    now: Date.now,
    newId: randomUUID,
    warn: (message) => process.stderr.write(`${message}\n`),
  });
  const running = countOf(manager, 'running');
  const empty = memory();
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const spawns = await spawnAll(manager);
  await running;
  const filling = performance.now() - begin;
  const full = memory();

  const answering = manager.wait({ signal: new AbortController().signal, onProgress: () => {} });
  const end = performance.now();
  finish();
  const { answer, delivered } = await answering;
  const wait = performance.now() - end;
  const { user, system } = process.cpuUsage(cpu);
  delivered();
  await check(answer.completed.length);

  const gone = countOf(manager, 'gone');
  leave();
  await gone;
  const after = memory();
  await manager.close('finish');
  return {
    workers: size,
    total_ms: (filling + wait) / size,
    first_spawn_ms: percentile(spawns.slice(0, 100), 50),
    last_spawn_ms: percentile(spawns.slice(-100), 50),
    wait_ms: wait / size,
    cpu_ms: (user + system) / 1000 / size,
    running_heap_kb: (full.heap - empty.heap) / 1024 / size,
    gone_heap_kb: (after.heap - empty.heap) / 1024 / size,
    running_buffers_kb: (full.buffers - empty.buffers) / 1024 / size,
  };
}

/** One after the other, as a client calls; gives how long each took. */
async function spawnAll(manager: Manager): Promise<number[]> {
  const samples: number[] = [];
  while (samples.length < size) {
    const begin = performance.now();
    await manager.spawn({
      description: 'Look into it',
      prompt: `Look into part ${samples.length}.`,
    });
    samples.push(performance.now() - begin);
  }
  return samples;
}

/** Resolves when every worker has come to run, or its process is gone; rejects when one fails. */
function countOf(manager: Manager, what: 'running' | 'gone'): Promise<void> {
  let count = 0;
  return new Promise((resolve, reject) => {
    manager.fleet.onRecord(({ event, from, to }) => {
      if (to === 'failed') reject(new Error(`A worker failed: ${JSON.stringify(event)}`));
      const isRunning = to === 'running' && from !== to;
      if (what === 'running' ? isRunning : event.type === 'EXITED') count += 1;
      if (count === size) resolve();
    });
  });
}

async function check(completed: number): Promise<void> {
  const files = await readdir(join(folder, 'logs'));
  const histories = files.filter((name) => name.endsWith('.json'));
  if (completed === size && histories.length === size) return;
  throw new Error(`${completed} of ${size} completed, with ${histories.length} history files.`);
}

function memory(): { heap: number; buffers: number } {
  // Node is started with --expose-gc.
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed, buffers: external };
}
