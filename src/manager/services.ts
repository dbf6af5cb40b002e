import { createModelQuestions } from '../claude/ask-model.ts';
import { setupOf } from '../claude/start.ts';
import { isMemoryShort } from '../config/resources.ts';
import { createProbe } from '../files/probe-folder.ts';
import type { AskModel } from '../models/choose.ts';
import type { SetUp } from '../standby/start-input.ts';
import { type Adoption, createAdoption } from '../workers/adoption.ts';
import { createDirectory, type Directory } from '../workers/directory.ts';
import { evictIdle } from '../workers/idle-eviction.ts';
import { createLauncher, type LauncherDeps } from '../workers/launcher.ts';
import { createWorkers, type Workers } from '../workers/workers.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';

export interface ManagerDeps extends LauncherDeps {
  /** The script of the threads that read workers; without it the main thread reads all of them. */
  readingThread?: URL;
}

/** The parts that the use cases share. */
export interface Services extends ManagerDeps {
  workers: Workers;
  standby: ReturnType<typeof createLauncher>;
  adoption: Adoption;
  directory: Directory;
  askModel(setUp: SetUp): AskModel;
  /** Checks, until it has passed once, whether workers can live in the state folder. */
  probeOnce(): Promise<void>;
  deliveries: Deliveries;
  /** `isEnding` is true from the call of `close` on. */
  lifetime: { isEnding: boolean };
}

export function createServices(deps: ManagerDeps): Services {
  const { config, env, now, warn, readingThread } = deps;
  const standby = createLauncher(deps, () => workers);
  const workers: Workers = createWorkers({ ...deps, launch: standby.launch });
  limitProcesses(workers, standby, deps);
  const adoption = createAdoption({
    ...{ workers, folders: config, env, now, warn, readingThread },
    projectDir: config.projectDir,
  });
  const lifetime = { isEnding: false };
  const directory = createDirectory({
    ...{ ...deps, workers, adoption },
    isEnding: () => lifetime.isEnding,
  });
  return {
    ...{ ...deps, workers, standby, adoption, directory, lifetime },
    askModel: createModelQuestions(setupOf(config, env)),
    probeOnce: createProbe(config.stateDir),
    deliveries: createDeliveries(workers),
  };
}

/** Ends idle processes when room or memory is short, and starts one ahead when a worker settles. */
function limitProcesses(
  workers: Workers,
  standby: Services['standby'],
  { config }: ManagerDeps,
): void {
  const { maxWorkers: most, machine } = config;
  evictIdle(workers, { most, isMemoryShort: () => isMemoryShort(machine) });
  workers.onRecord(({ worker, from, to }) => {
    if (from === to || (to !== 'completed' && to !== 'failed')) return;
    void standby.giveUp(worker);
    standby.tend();
  });
}
