import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { thisMachine } from '../../src/config/resources.ts';
import { createManager, type Manager } from '../../src/manager/manager.ts';
import type { WaitInput, WaitOutcome } from '../../src/manager/wait.ts';
import type { WaitResult } from '../../src/manager/wait-result.ts';
import { createInsideLaunch, type Inside } from '../stand-ins/launch.ts';

/** A prompt that tells the stand-in what to do, act by act. */
export const scripted = (...acts: object[]): string =>
  `Do this. <stand-in>${JSON.stringify(acts)}</stand-in>`;

/** A whole manager on real files, with workers that live inside this process. */
export interface Stage {
  manager: Manager;
  config: Config;
  /** In the order in which they were started, which need not be that of the calls. */
  launched: Inside[];
  /** The process of a worker. */
  insideOf(worker_id: string): Inside | undefined;
  warnings: string[];
  spawn(...acts: object[]): Promise<string>;
  /** A wait whose answer arrives, unless the test lets it be dropped. */
  wait(request?: Partial<WaitInput>): Promise<WaitResult>;
  outcome(request?: Partial<WaitInput>): Promise<WaitOutcome>;
  /** Resolves once a worker is in this state. */
  until(worker_id: string, state: string): Promise<void>;
}

export async function setStage(settings: Partial<Config> = {}): Promise<Stage> {
  const project = await mkdtemp(join(tmpdir(), 'awm-unit-'));
  const { launch, launched, close } = createInsideLaunch();
  const warnings: string[] = [];
  const config: Config = {
    ...{ claude: 'claude', projectDir: project, logsDir: join(project, 'logs'), maxWorkers: 10 },
    ...{ onExit: 'finish', approvals: 'caller', keepAliveSeconds: 60, defaults: {}, depth: 0 },
    ...{ standby: 0, machine: thisMachine() },
    ...settings,
  };
  const manager = createManager({
    ...{ config, env: {}, launch, now: Date.now, newId: randomUUID },
    warn: (message) => warnings.push(message),
  });
  onTestFinished(async () => {
    await manager.close('finish');
    // A worker that was spawned last may be about to get its process.
    await close();
    await rm(project, { recursive: true, force: true });
  });

  const outcome: Stage['outcome'] = (request) =>
    manager.wait({ signal: new AbortController().signal, onProgress: () => {}, ...request });
  return {
    ...{ manager, config, launched, warnings, outcome },
    insideOf: (worker_id) => launched.find(({ input }) => input.env.AWM_WORKER === worker_id),
    async spawn(...acts) {
      const request = { description: 'A test worker', prompt: scripted(...acts) };
      return (await manager.spawn(request)).worker_id;
    },
    async wait(request) {
      const { result, delivered } = await outcome(request);
      delivered();
      return result;
    },
    until: (worker_id, state) => untilState(manager, worker_id, state),
  };
}

function untilState({ fleet }: Manager, worker_id: string, state: string): Promise<void> {
  return new Promise((resolve) => {
    const isThere = () => {
      const { value, context } = fleet.worker(worker_id)?.getSnapshot() ?? {};
      const isSettled = value === 'completed' || value === 'failed';
      return value === state && (!isSettled || context?.saved === true);
    };
    const stop = fleet.onRecord(() => isThere() && finish());
    const finish = () => {
      stop();
      resolve();
    };
    if (isThere()) finish();
  });
}
