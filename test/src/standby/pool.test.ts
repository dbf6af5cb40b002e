import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hasAnswered } from '../../../bench/standby.ts';
import { type LaunchInput, launchDetached } from '../../../src/claude/launch.ts';
import type { Config } from '../../../src/config/config.ts';
import type { Options } from '../../../src/config/options.ts';
import type { JournalRecord } from '../../../src/journal/journal.ts';
import { createManager } from '../../../src/manager/manager.ts';
import { startTimeOf } from '../../../src/processes/identity.ts';
import { processesOf } from '../../../src/processes/reap.ts';
import { patienceMs } from '../../patience.ts';
import { temporaryFolder } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';
import { scripted } from '../stage.ts';

const plenty = { cores: 2, availableMemory: () => 2 ** 40 };

/** Creates a manager that starts processes of the stand-in ahead, with the records of its workers. */
async function createStage(settings: Partial<Config> = {}) {
  const project = await temporaryFolder();
  const config: Config = {
    ...{ claude: resolve('test/stand-ins/claude.mjs'), projectDir: project, maxWorkers: 4 },
    ...foldersIn(join(project, 'logs')),
    ...{ onExit: 'finish', approvals: 'caller', defaults: {} },
    ...{ keepAliveSeconds: 60, depth: 0, standby: 1, machine: plenty, ...settings },
  };
  const launched: LaunchInput[] = [];
  let later = 0;
  let onNextId = () => {};
  const newId = () => {
    const act = onNextId;
    onNextId = () => {};
    act();
    return randomUUID();
  };
  const manager = createManager({
    ...{ config, now: () => Date.now() + later, newId, warn: () => {} },
    env: { PATH: process.env.PATH, HOME: project },
    launch(input) {
      launched.push(input);
      return launchDetached(input);
    },
  });
  onTestFinished(() => manager.close('stop'));
  const records: JournalRecord[] = [];
  manager.workers.onRecord((record) => records.push(record));
  return {
    ...{ manager, config, launched },
    /** Moves the clock of the manager forward. */
    advance(ms: number) {
      later += ms;
    },
    /** Acts when the manager makes its next id: after a claim, that of the prompt. */
    onNextId(act: () => void) {
      onNextId = act;
    },
    /** True when a worker's process was started before the worker was spawned. */
    wasAhead: (worker_id: string) =>
      records.some(({ worker, event }) => worker === worker_id && event.standby === true),
    pidOf: (worker_id: string) =>
      records.find(({ worker, event }) => worker === worker_id && event.type === 'PROCESS_STARTED')
        ?.event.pid,
    async run(options: Options = {}) {
      const { worker_id } = await manager.spawn({ description: 'D', prompt: 'P', options });
      const signal = new AbortController().signal;
      const { delivered } = await manager.wait({
        signal,
        onProgress() {},
        worker_ids: [worker_id],
      });
      delivered();
      return worker_id;
    },
  };
}

type Stage = Awaited<ReturnType<typeof createStage>>;

const foldersOf = async ({ config }: Pick<Stage, 'config'>) =>
  (await readdir(config.stateDir)).filter((name) => name.startsWith('.standby-'));

/** Returns the pids of the children of a process. */
async function childrenOf(pid: number): Promise<string[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const paths = threads.map((thread) => `/proc/${pid}/task/${thread}/children`);
  const lists = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')));
  return lists.flatMap((list) => list.split(' ').filter((child) => child !== ''));
}

/** Resolves with the ids of the future workers once `count` processes wait and have answered. */
function untilWaiting(stage: Pick<Stage, 'config'>, count: number): Promise<string[]> {
  const idsWaiting = async () => {
    const folders = await foldersOf(stage);
    expect(folders).toHaveLength(count);
    for (const folder of folders) {
      const stdout = await readFile(join(stage.config.stateDir, folder, 'stdout.ndjson'), 'utf8');
      expect(stdout).toSatisfy(hasAnswered);
    }
    return folders.map((name) => name.slice('.standby-'.length));
  };
  return vi.waitFor(idsWaiting, { timeout: 10_000, interval: 10 });
}

describe('a process that was started ahead', () => {
  it('becomes the next spawned worker, with the ids of its start', async () => {
    const stage = await createStage();
    await stage.run();
    const [waiting] = await untilWaiting(stage, 1);
    const worker_id = await stage.run();
    expect(worker_id).toBe(waiting);
    expect(stage.wasAhead(worker_id)).toBe(true);
    await untilWaiting(stage, 1);
    expect(stage.launched).toHaveLength(3);
  });

  it('gets the model of the worker, unless it already has that model', async () => {
    const stage = await createStage();
    await stage.run();
    await untilWaiting(stage, 1);
    const other = await stage.run({ model: 'haiku' });
    expect(stage.wasAhead(other)).toBe(true);
    const folder = join(stage.config.stateDir, `worker-${other}`);
    expect(await readFile(join(folder, 'stdout.ndjson'), 'utf8')).toContain('"awm-model"');
    await untilWaiting(stage, 1);
    const same = await stage.run({ model: 'haiku' });
    expect(stage.wasAhead(same)).toBe(true);
    const stdout = join(stage.config.stateDir, `worker-${same}`, 'stdout.ndjson');
    expect(await readFile(stdout, 'utf8')).not.toContain('"awm-model"');
  });

  it.each([
    ['without a model when it has one, because a model cannot be unset', { model: 'haiku' }, {}],
    [
      'with a full model name, which claude would ask the API about',
      {},
      { model: 'claude-haiku-4-5' },
    ],
  ])('is not used for a worker %s', async (_what, before, options) => {
    const stage = await createStage();
    await stage.run(before);
    await untilWaiting(stage, 1);
    expect(stage.wasAhead(await stage.run(options))).toBe(false);
  });

  it('is not used for a worker that needs another start, and is replaced by such a process', async () => {
    const stage = await createStage();
    await stage.run();
    const [first] = await untilWaiting(stage, 1);
    const other = await stage.run({ max_tokens: 3000 });
    expect(stage.wasAhead(other)).toBe(false);
    await vi.waitFor(async () => expect(await untilWaiting(stage, 1)).not.toEqual([first]), {
      timeout: 10_000,
    });
    expect(stage.wasAhead(await stage.run({ max_tokens: 3000 }))).toBe(true);
  });

  it('is not used for a worker that needs another initialize', async () => {
    const stage = await createStage();
    await stage.run();
    await untilWaiting(stage, 1);
    expect(stage.wasAhead(await stage.run({ system: 'S' }))).toBe(false);
  });

  it('is not used when its fingerprint has changed', async () => {
    const stage = await createStage();
    await stage.run();
    const [waiting] = await untilWaiting(stage, 1);
    await writeFile(join(stage.config.projectDir, 'CLAUDE.md'), 'Be brief.\n');
    const worker_id = await stage.run();
    expect(stage.wasAhead(worker_id)).toBe(false);
    // The worker keeps the ids of the claim; its process is started again.
    expect(worker_id).toBe(waiting);
    expect(stage.launched.filter(({ env }) => env.AWM_WORKER === waiting)).toHaveLength(2);
  });

  it('is not used when it has exited', async () => {
    const stage = await createStage();
    await stage.run();
    const [waiting = ''] = await untilWaiting(stage, 1);
    const killed = await processesOf(waiting);
    expect(killed).toHaveLength(1);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    // An exiting process has lost its environment, but still exists for a moment.
    const expectGone = async () =>
      expect(await Promise.all(killed.map((pid) => startTimeOf(pid)))).toEqual([undefined]);
    await vi.waitFor(expectGone, { timeout: patienceMs, interval: 1 });
    expect(killed).not.toContain(stage.pidOf(await stage.run()));
    const expectAnother = async () => expect(await untilWaiting(stage, 1)).not.toEqual([waiting]);
    await vi.waitFor(expectAnother, { timeout: 20_000 });
  });

  it('is not used when its folder was removed', async () => {
    const stage = await createStage();
    await stage.run();
    const [waiting = ''] = await untilWaiting(stage, 1);
    await rm(join(stage.config.stateDir, `.standby-${waiting}`), { recursive: true });
    const worker_id = await stage.run();
    expect(worker_id).not.toBe(waiting);
    expect(stage.wasAhead(worker_id)).toBe(false);
    expect(await processesOf(waiting)).toEqual([]);
  });

  it('is ended when no worker was spawned for ten minutes', async () => {
    const stage = await createStage();
    const worker_id = await stage.run();
    const [waiting = ''] = await untilWaiting(stage, 1);
    stage.advance(11 * 60_000);
    // The pool is checked when a worker settles.
    await stage.manager.resume(worker_id, 'P');
    await vi.waitFor(async () => expect(await foldersOf(stage)).toEqual([]), { timeout: 10_000 });
    expect(await processesOf(waiting)).toEqual([]);
  });

  it('is ended with its folder when the server ends', async () => {
    const stage = await createStage();
    await stage.run();
    const [waiting = ''] = await untilWaiting(stage, 1);
    await stage.manager.close('finish');
    expect(await foldersOf(stage)).toEqual([]);
    expect(await processesOf(waiting)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')(
    'is ended with its watchdog when its worker settles without a start',
    async () => {
      const stage = await createStage({ maxWorkers: 1 });
      const first = await stage.run();
      const [waiting = ''] = await untilWaiting(stage, 1);
      const children = await childrenOf(process.pid);
      // Another worker gets the only slot after the claim.
      stage.onNextId(() => {
        const prompt = { id: randomUUID(), text: scripted({ hang: true }) };
        stage.manager.workers.find(first)?.send({ type: 'RESUME', prompt });
      });
      const queued = await stage.manager.spawn({ description: 'D', prompt: 'P' });
      expect(queued).toMatchObject({ worker_id: waiting, status: 'queued' });
      await stage.manager.stop([waiting]);
      // Of the process that waited: itself and its watchdog.
      await vi.waitFor(async () =>
        expect(await childrenOf(process.pid)).toHaveLength(children.length - 2),
      );
      expect(await processesOf(waiting)).toEqual([]);
    },
  );

  it('is ended when workers need all slots', async () => {
    const stage = await createStage({ maxWorkers: 1 });
    await stage.run();
    await untilWaiting(stage, 1);
    const hang = scripted({ hang: true });
    await stage.manager.spawn({ description: 'D', prompt: hang, options: { max_tokens: 3000 } });
    await vi.waitFor(async () => expect(await foldersOf(stage)).toEqual([]), { timeout: 10_000 });
  });
});

describe('no process is started ahead', () => {
  it.each([
    ['when the setting is 0', { standby: 0 }],
    ['when memory is short', { machine: { cores: 2, availableMemory: () => 2 ** 20 } }],
  ])('%s', async (_, settings) => {
    const stage = await createStage(settings);
    await stage.run();
    await stage.run();
    // The pool of a later manager is checked later: once it has started a process, this pool was checked.
    const witness = await createStage();
    await witness.run();
    await untilWaiting(witness, 1);
    expect(await foldersOf(stage)).toEqual([]);
  });
});
