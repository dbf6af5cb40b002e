import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { thisMachine } from '../../src/config/resources.ts';
import { stateText } from '../../src/journal/state-text.ts';
import { createManager, type Manager } from '../../src/manager/manager.ts';
import type { WaitInput, WaitOutcome } from '../../src/manager/wait.ts';
import type { WaitResult } from '../../src/manager/wait-result.ts';
import { createInsideLaunch, type Inside } from '../stand-ins/launch.ts';

/** Makes a prompt with the acts of the stand-in, in order. */
export const scripted = (...acts: object[]): string =>
  `Do this. <stand-in>${JSON.stringify(acts)}</stand-in>`;

/** A whole manager on real files; its workers run inside this process. */
export interface Stage {
  manager: Manager;
  config: Config;
  /** The processes in the order of their starts, which can differ from the order of the calls. */
  launched: Inside[];
  /** Returns the process of a worker. */
  insideOf(worker_id: string): Inside | undefined;
  warnings: string[];
  spawn(...acts: object[]): Promise<string>;
  /** Waits and delivers the result. */
  wait(input?: Partial<WaitInput>): Promise<WaitResult>;
  /** Waits; the test decides whether the result is delivered. */
  outcome(input?: Partial<WaitInput>): Promise<WaitOutcome>;
  /** Resolves when a worker is done with and has no actor any more. */
  untilParked(worker_id: string): Promise<void>;
  /** Resolves when a worker is in this state, and its history is saved if it has settled. */
  until(worker_id: string, state: string): Promise<void>;
}

export async function setStage(settings: Partial<Config> = {}): Promise<Stage> {
  const project = await mkdtemp(join(tmpdir(), 'awm-unit-'));
  const { launch, launched, close } = createInsideLaunch();
  const warnings: string[] = [];
  const config = stageConfig(project, settings);
  const manager = createManager({
    ...{ config, env: {}, launch, now: Date.now, newId: randomUUID },
    warn: (message) => warnings.push(message),
  });
  onTestFinished(async () => {
    await manager.close('finish');
    // A new worker may get its process while the test ends.
    await close();
    await rm(project, { recursive: true, force: true });
  });

  const outcome: Stage['outcome'] = (input) =>
    manager.wait({ signal: new AbortController().signal, onProgress: () => {}, ...input });
  return {
    ...{ manager, config, launched, warnings, outcome },
    insideOf: (worker_id) => launched.find(({ input }) => input.env.AWM_WORKER === worker_id),
    async spawn(...acts) {
      const input = { description: 'A test worker', prompt: scripted(...acts) };
      return (await manager.spawn(input)).worker_id;
    },
    async wait(input) {
      const { result, delivered } = await outcome(input);
      delivered();
      return result;
    },
    until: (worker_id, state) => untilState(manager, worker_id, state),
    untilParked: (worker_id) =>
      vi.waitFor(() => expect(manager.workers.parked.has(worker_id)).toBe(true), { interval: 1 }),
  };
}

function stageConfig(project: string, settings: Partial<Config>): Config {
  return {
    ...{ claude: 'claude', projectDir: project, maxWorkers: 10 },
    ...{ logsDir: join(project, 'logs'), stateDir: join(project, 'state'), earlier: new Set() },
    ...{ onExit: 'finish', approvals: 'caller', keepAliveSeconds: 60, defaults: {}, depth: 0 },
    ...{ standby: 0, machine: thisMachine() },
    ...settings,
  };
}

function untilState({ workers }: Manager, worker_id: string, state: string): Promise<void> {
  return new Promise((resolve) => {
    const isThere = () => {
      const { value, context } = workers.find(worker_id)?.getSnapshot() ?? {};
      const isSettled = value === 'completed' || value === 'failed';
      return stateText(value) === state && (!isSettled || context?.saved === true);
    };
    const stop = workers.onRecord(() => isThere() && finish());
    const finish = () => {
      stop();
      resolve();
    };
    if (isThere()) finish();
  });
}
