import type { Launch, Launched, LaunchInput } from '../claude/launch.ts';
import { type StandbyProcess, type StandbyProcessDeps, startAhead } from './standby-process.ts';
import { canWait, type Ids, inputFor, type SetUp } from './start-input.ts';
import { createUpkeep } from './upkeep.ts';

/** Processes that are started ahead, so that a worker need not wait for the start of `claude`. */
export interface StandbyPool {
  /** Returns the process that was claimed for the worker, else starts one. */
  launch: Launch;
  /**
   * Claims a process for a worker that is about to be spawned. The pool prepares for another spawn
   * with the same set-up.
   * @returns the ids with which the process was started, or undefined when no process fits.
   */
  claim(setUp: SetUp): Promise<Ids | undefined>;
  /** Ends the process that was claimed for a worker, which settled without a start. */
  giveUp(worker_id: string): Promise<void>;
  /** Schedules a check of how many processes wait, and whether they are still fresh. */
  tend(): void;
  close(): Promise<void>;
}

export interface PoolDeps extends Omit<StandbyProcessDeps, 'onChange' | 'lease'> {
  lease(): Promise<StandbyProcessDeps['lease']>;
  /** Starts a process that is wanted now. */
  start: Launch;
  /** Returns how many processes may wait now: fewer than configured while workers need the room. */
  room(): number;
  /** True while another process is starting. */
  isBusy(): boolean;
}

/** How long after the last event the pool is checked, in milliseconds. */
const tendMs = 500;

/** How often the waiting processes are checked without an event. */
const againMs = 30_000;

/** How long a process waits for a spawn of its set-up. */
const idleMs = 10 * 60_000;

/** How long the result of a freshness check stays valid. */
const freshMs = 1_000;

interface Claim {
  process: StandbyProcess;
  at: number;
  isFresh: Promise<boolean>;
}

export function createStandbyPool(deps: PoolDeps): StandbyPool {
  const waiting = new Set<StandbyProcess>();
  const claims = new Map<string, Claim>();
  /** Folders in which a start runs hooks of the user. */
  const foldersWithHooks = new Set<string>();
  let wanted: { setUp: SetUp; since: number } | undefined;
  let isClosed = false;

  const room = () => {
    if (!wanted || deps.now() - wanted.since > idleMs) return 0;
    return foldersWithHooks.has(wanted.setUp.cwd) ? 0 : deps.room();
  };
  const fits = (process: StandbyProcess, setUp: SetUp) =>
    !process.isGone &&
    process.accepts(setUp.options) &&
    process.hasSameStart(
      inputFor(deps.setUp, deps.folders, process.ids, setUp, process.deniedAgents),
    );

  const endStale = async () => {
    const all = [...waiting];
    const useful = await Promise.all(all.map(isUseful));
    // A process may have been claimed during the checks.
    await endAll(all.filter((process, index) => !useful[index] && waiting.has(process)));
  };
  const isUseful = async (process: StandbyProcess) => {
    if (process.hasHooks) foldersWithHooks.add(process.setUp.cwd);
    if (!wanted || process.hasHooks || !fits(process, wanted.setUp)) return false;
    return process.isFresh();
  };
  const endSurplus = () => endAll([...waiting].slice(room()));
  const endAll = async (processes: StandbyProcess[]) => {
    for (const process of processes) waiting.delete(process);
    await Promise.all(processes.map((process) => process.end()));
  };
  const startMissing = async () => {
    while (!isClosed && wanted && waiting.size < room() && !deps.isBusy()) {
      const lease = await deps.lease();
      const process = await startAhead({ ...deps, lease, onChange: tend }, wanted.setUp);
      if (!process) return;
      waiting.add(process);
    }
  };
  const nextCheckMs = () => {
    if (deps.isBusy()) return tendMs;
    return waiting.size > 0 ? againMs : undefined;
  };
  // A process that cannot be started ahead is started when it is wanted, and reports its error then.
  const upkeep = createUpkeep(async () => {
    await endStale();
    await endSurplus();
    await startMissing();
  }, nextCheckMs);
  const tend = () => upkeep.schedule(tendMs);

  const claimOne = async (process: StandbyProcess, setUp: SetUp): Promise<boolean> => {
    if (!fits(process, setUp)) return false;
    // The freshness check takes longest, so it begins first.
    const isFresh = process.isFresh();
    const isUp = (await process.isReady()) && !process.hasHooks;
    if (!isUp || !take(process)) return false;
    const { worker_id } = process.ids;
    claims.set(worker_id, { process, at: deps.now(), isFresh });
    if (await process.becomeWorker()) return true;
    claims.delete(worker_id);
    await process.end();
    return false;
  };
  /** Takes a process out of the pool; false when it was taken, or its worker would have to queue. */
  const take = (process: StandbyProcess) => deps.room() >= 1 && waiting.delete(process);

  const claimOf = (worker_id = ''): Claim | undefined => {
    const claim = claims.get(worker_id);
    claims.delete(worker_id);
    return claim;
  };
  const isUsable = async ({ process, at, isFresh }: Claim, input: LaunchInput) =>
    process.hasSameStart(input) &&
    (await (deps.now() - at < freshMs ? isFresh : process.isFresh())) &&
    (await process.isAlive());

  return {
    tend,
    async launch(input) {
      const claim = claimOf(input.env.AWM_WORKER);
      if (claim && (await isUsable(claim, input))) return handOver(claim.process);
      await claim?.process.end();
      return deps.start(input);
    },
    async claim(setUp) {
      if (!canWait(setUp)) return undefined;
      wanted = { setUp, since: deps.now() };
      for (const process of waiting) {
        if (await claimOne(process, setUp)) return process.ids;
      }
      return undefined;
    },
    async giveUp(worker_id) {
      await claimOf(worker_id)?.process.end();
    },
    async close() {
      isClosed = true;
      await upkeep.close();
      await endAll([...waiting, ...[...claims.values()].map(({ process }) => process)]);
    },
  };
}

/** Releases a process, which outlives this server from now on, and describes it to its worker. */
async function handOver(process: StandbyProcess): Promise<Launched> {
  await process.release();
  const { isInitialized, setUp, launched } = process;
  return { ...launched, standby: { isInitialized, model: setUp.options.model } };
}
