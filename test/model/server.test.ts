import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { launchDetached } from '../../src/claude/launch.ts';
import type { Config } from '../../src/config.ts';
import { createManager, type Manager } from '../../src/manager.ts';
import type { WaitAnswer } from '../../src/wait.ts';
import { temporaryFolder } from '../src/fixtures.ts';
import { scripted } from '../src/stage.ts';
import { checkBooks } from './books.ts';

/** A server on a folder of its own with its workers, and what its caller knows of them. */
interface World {
  manager: Manager;
  config: Config;
  workers: string[];
  /** Every request that was ever shown, also those that are no longer open. */
  requests: string[];
  /** How often each worker was delivered, and how often it had a turn. */
  delivered: Map<string, number>;
  turns: Map<string, number>;
  warnings: string[];
}

const ask = (name: string) => ({ ask: [{ tool: 'Bash', input: { command: name } }] });

/** What a worker does in a turn. */
const scripts = [
  [{ say: 'Hello.' }],
  [ask('one'), { say: 'Thanks.' }],
  [{ ask: [...ask('one').ask, ...ask('two').ask] }],
  [{ ...ask('never'), withdraw: true }],
  [{ line: '{"type":"assis' }, { exit: 9 }],
  [{ hang: true }],
  [{ result: { is_error: true, result: 'No.' } }],
];

function startServer(world: Omit<World, 'manager'>): Manager {
  return createManager({
    ...{ config: world.config, env: { PATH: process.env.PATH }, launch: launchDetached },
    ...{ now: Date.now, newId: randomUUID, warn: (message) => world.warnings.push(message) },
  });
}

async function createWorld(): Promise<World> {
  const projectDir = await temporaryFolder();
  const config: Config = {
    ...{ claude: resolve('test/stand-ins/claude.mjs'), projectDir, maxWorkers: 2, defaults: {} },
    ...{ logsDir: join(projectDir, 'logs'), onExit: 'finish', approvals: 'caller', depth: 0 },
    keepAliveSeconds: 60,
  };
  const world = { config, workers: [], requests: [], warnings: [] };
  const counts = { delivered: new Map<string, number>(), turns: new Map<string, number>() };
  const all = { ...world, ...counts };
  return { ...all, manager: startServer(all) };
}

/** A wrong call is an answer; anything else that is thrown is a mistake of the server. */
async function orRefused(call: Promise<unknown>): Promise<void> {
  await call.catch((error: Error) => expect(error.name).toBe('ManagerError'));
}

const count = (counts: Map<string, number>, id: string) =>
  counts.set(id, (counts.get(id) ?? 0) + 1);

async function wait(world: World, timeout_seconds?: number): Promise<WaitAnswer> {
  const signal = new AbortController().signal;
  const { answer, delivered } = await world.manager.wait({
    ...{ signal, onProgress() {}, timeout_seconds },
  });
  delivered();
  for (const { worker_id } of [...answer.completed, ...answer.failed]) {
    count(world.delivered, worker_id);
  }
  world.requests.push(...answer.pending_permissions.map(({ request_id }) => request_id));
  return answer;
}

/** What a caller does, or what happens to the server. `pick` chooses among what there is. */
const happenings = {
  async spawn(world, pick) {
    const prompt = scripted(...(scripts[pick % scripts.length] ?? []));
    const { worker_id } = await world.manager.spawn({ description: 'A model', prompt });
    world.workers.push(worker_id);
    count(world.turns, worker_id);
  },
  wait: async (world) => void (await wait(world, 0.2)),
  async approve(world, pick) {
    const request_id = world.requests[pick % world.requests.length] ?? 'none';
    await orRefused(world.manager.approve({ request_id, allow: pick % 3 > 0 }, 'model'));
  },
  async approveTwice(world, pick) {
    const request_id = world.requests[pick % world.requests.length] ?? 'none';
    const both = [true, false].map((allow) =>
      world.manager.approve({ request_id, allow }, 'model'),
    );
    const settled = await Promise.allSettled(both);
    expect(settled.filter(({ status }) => status === 'fulfilled').length).toBeLessThan(2);
  },
  async resume(world, pick) {
    const worker_id = world.workers[pick % world.workers.length] ?? 'none';
    const prompt = scripted(...(scripts[(pick >> 3) % scripts.length] ?? []));
    const resumed = world.manager
      .resume(worker_id, prompt)
      .then(() => count(world.turns, worker_id));
    await orRefused(resumed);
  },
  async stop(world, pick) {
    await orRefused(world.manager.stop([world.workers[pick % world.workers.length] ?? 'none']));
  },
  async restart(world) {
    await world.manager.close('finish');
    world.manager = startServer(world);
  },
} satisfies Record<string, (world: World, pick: number) => Promise<void>>;

type Happening = fc.AsyncCommand<object, World>;

const happening = (name: keyof typeof happenings, pick: number): Happening => ({
  check: () => true,
  run: (_, world) => happenings[name](world, pick),
  toString: () => `${name}(${pick})`,
});

/** Answers what is open and stops what hangs, until nothing runs. */
async function comeToRest(world: World): Promise<void> {
  await world.manager.stop(world.workers);
  const { running = [], pending_permissions } = await wait(world, 20);
  expect({ running, pending_permissions }).toEqual({ running: [], pending_permissions: [] });
}

it('after any sequence of calls and restarts the books are right', {
  timeout: 120_000,
}, async () => {
  const names = Object.keys(happenings) as (keyof typeof happenings)[];
  const kinds = names.map((name) => fc.nat(1000).map((pick) => happening(name, pick)));
  const sequences = fc.commands(kinds, { maxCommands: 16, size: 'max' });
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      const world = await createWorld();
      const end = () => world.manager.close('stop');
      onTestFinished(() => rm(world.config.logsDir, { recursive: true, force: true }));
      try {
        await fc.asyncModelRun(() => ({ model: {}, real: world }), sequence);
        if (world.workers.length > 0) await comeToRest(world);
        await checkBooks(world);
      } finally {
        await end();
      }
    }),
    { numRuns: 20, endOnFailure: true },
  );
});
