import { readdir } from 'node:fs/promises';
import type { Manager } from '../src/manager/manager.ts';
import { type CrowdManager, withCrowd } from './crowd-manager.ts';
import { percentile } from './harness.ts';

/** The results of one run with N workers. */
export interface FleetFigures {
  /** Milliseconds per worker: its spawn, its turn, the answer of `wait`, the end of its process. */
  total_ms: number;
  /** Milliseconds per spawn, for the first and the last hundred, which differ if a spawn gets slower. */
  first_spawn_ms: number;
  last_spawn_ms: number;
  /** Milliseconds per worker from the end of the last turns to the answer of `wait`. */
  wait_ms: number;
  /** CPU time of the manager's process, in milliseconds per worker. */
  cpu_ms: number;
  /** KB of heap per live worker, with the maximum number of live workers. */
  running_heap_kb: number;
  /** KB of heap per worker after the delivery and the exit of all. */
  gone_heap_kb: number;
}

/** The maximum of live workers. The oldest batch ends before the next one starts. */
const mostLive = 1_000;
const batch = 100;
/** Workers before the measurement, so that no figure has the cost of a first execution. */
const warmUp = 100;

const size = Number(process.argv[2]);
const figures = await withCrowd(warmUp + size, measure);
process.stdout.write(`${JSON.stringify(figures)}\n`);

async function measure(stage: CrowdManager): Promise<FleetFigures> {
  const { manager, until } = stage;
  const first = await spawn(manager, warmUp);
  await until('running', warmUp);
  await end(stage, first.worker_ids, first.worker_ids);
  await until('gone', warmUp);

  const empty = memory();
  const live: string[] = [];
  const spawns: number[] = [];
  const clock = createClock();
  const fill = async (count: number) => {
    const { worker_ids, samples } = await spawn(manager, count);
    live.push(...worker_ids);
    spawns.push(...samples);
    await until('running', warmUp + spawns.length);
  };
  await clock.run(() => fill(Math.min(size, mostLive)));
  const full = memory();
  const wait = await clock.run(async () => {
    while (spawns.length < size) {
      const oldest = live.splice(0, batch);
      await end(stage, oldest, oldest);
      await until('gone', warmUp + spawns.length - live.length);
      await fill(Math.min(batch, size - spawns.length));
    }
    return end(stage, live, undefined);
  });
  await clock.run(() => until('gone', warmUp + size));
  const after = memory();
  await check(stage);
  return {
    total_ms: clock.wall / size,
    first_spawn_ms: percentile(spawns.slice(0, 100), 50),
    last_spawn_ms: percentile(spawns.slice(-100), 50),
    wait_ms: wait / live.length,
    cpu_ms: clock.cpu / size,
    running_heap_kb: (full - empty) / 1024 / live.length,
    gone_heap_kb: (after - empty) / 1024 / size,
  };
}

/** Spawns workers one after another, as a client does; returns the time of each spawn. */
async function spawn(manager: Manager, count: number) {
  const worker_ids: string[] = [];
  const samples: number[] = [];
  while (samples.length < count) {
    const prompt = `Look into part ${samples.length}.`;
    const begin = performance.now();
    const { worker_id } = await manager.spawn({ description: 'Look into it', prompt });
    samples.push(performance.now() - begin);
    worker_ids.push(worker_id);
  }
  return { worker_ids, samples };
}

/** Ends turns, waits for these workers or for all, and ends their processes. */
async function end(
  { manager, crowd }: CrowdManager,
  ending: string[],
  worker_ids: string[] | undefined,
): Promise<number> {
  const { signal } = new AbortController();
  const answering = manager.wait({ worker_ids, signal, onProgress: () => {} });
  const begin = performance.now();
  crowd.finish(ending);
  const { result, delivered } = await answering;
  const took = performance.now() - begin;
  delivered();
  if (result.completed.length !== ending.length) {
    throw new Error(`${result.completed.length} of ${ending.length} completed.`);
  }
  crowd.leave(ending);
  return took;
}

async function check({ logs }: CrowdManager): Promise<void> {
  const histories = (await readdir(logs)).filter((name) => name.endsWith('.json'));
  if (histories.length === warmUp + size) return;
  throw new Error(`${histories.length} history files of ${warmUp + size} workers.`);
}

/** Adds up the wall-clock time and the CPU time of the actions that run on it, in milliseconds. */
function createClock() {
  const clock = {
    wall: 0,
    cpu: 0,
    async run<Value>(action: () => Promise<Value>): Promise<Value> {
      const [begin, usage] = [performance.now(), process.cpuUsage()];
      const value = await action();
      const { user, system } = process.cpuUsage(usage);
      clock.wall += performance.now() - begin;
      clock.cpu += (user + system) / 1000;
      return value;
    },
  };
  return clock;
}

function memory(): number {
  // Node runs with --expose-gc.
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
