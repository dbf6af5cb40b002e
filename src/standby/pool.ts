import type { Launch } from '../claude/launch.ts';
import { type StandbyProcessDeps, startAhead, type Waiting } from './standby-process.ts';
import { canWait, type Ids, inputFor, type SetUp } from './start-input.ts';

/** Processes that were started before anybody wanted them, so that a worker need not wait for a start. */
export interface Standby {
  /** Takes the process that waits for the worker it is for, else starts one. */
  launch: Launch;
  /**
   * Gives a process that waits to a worker about to be born, and notes what the next may want.
   * @returns the ids that the worker has by that, or undefined when none fits.
   */
  claim(setUp: SetUp): Promise<Ids | undefined>;
  /** Looks, in a moment, whether as many wait as should and whether they are as good as new. */
  tend(): void;
  close(): Promise<void>;
}

export interface PoolDeps extends Omit<StandbyProcessDeps, 'onChange' | 'lease'> {
  lease(): Promise<StandbyProcessDeps['lease']>;
  /** Starts a process that is wanted now. */
  start: Launch;
  /** How many may wait, as things are: fewer than wanted while workers need the room. */
  room(): number;
  /** Whether it is a bad time, as somebody else's process starts. */
  isBusy(): boolean;
}

/** How long after the last thing that happened the pool is looked after, in milliseconds. */
const tendMs = 500;

/** How often those that wait are looked at when nothing happens. */
const againMs = 30_000;

/** How long a process is kept for a worker that does not come. */
const idleMs = 10 * 60_000;

/** For how long it holds that a process is as good as new, in milliseconds. */
const freshMs = 1_000;

interface Claim {
  one: Waiting;
  at: number;
  isFresh: Promise<boolean>;
}

export function createStandby(deps: PoolDeps): Standby {
  const waiting = new Set<Waiting>();
  const claims = new Map<string, Claim>();
  /** Folders in which a start runs hooks of the user's. */
  const hooked = new Set<string>();
  let wanted: { setUp: SetUp; since: number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let isClosed = false;

  const fits = (one: Waiting, setUp: SetUp) =>
    !one.isGone &&
    one.canBeTold(setUp.options) &&
    one.startsAs(inputFor(deps.setUp, deps.logsDir, one.ids, setUp));
  const room = () => {
    if (!wanted || deps.now() - wanted.since > idleMs || hooked.has(wanted.setUp.cwd)) return 0;
    return deps.room();
  };
  const endAll = (ended: Waiting[]) => {
    for (const one of ended) waiting.delete(one);
    return Promise.all(ended.map((one) => one.end()));
  };
  const isOfUse = async (one: Waiting) => {
    if (one.hasHooks) hooked.add(one.setUp.cwd);
    return wanted && fits(one, wanted.setUp) && !one.hasHooks && (await one.isFresh());
  };
  const look = async () => {
    const all = [...waiting];
    const useful = await Promise.all(all.map(isOfUse));
    // Some may have been claimed meanwhile.
    await endAll(all.filter((one, index) => !useful[index] && waiting.has(one)));
    await endAll([...waiting].slice(room()));
    while (!isClosed && wanted && waiting.size < room() && !deps.isBusy()) {
      const one = await startAhead(
        { ...deps, lease: await deps.lease(), onChange: tend },
        wanted.setUp,
      );
      if (!one) return;
      waiting.add(one);
    }
  };
  // What cannot be started ahead is started when it is wanted, and it is told then why it cannot be.
  const run = () => {
    looking ??= look()
      .catch(() => {})
      .finally(() => {
        looking = undefined;
        if (waiting.size > 0 || deps.isBusy()) later(deps.isBusy() ? tendMs : againMs);
      });
  };
  const later = (ms: number) => {
    clearTimeout(timer);
    if (!isClosed) timer = setTimeout(run, ms).unref();
  };
  const tend = () => later(tendMs);

  return {
    tend,
    async launch(input) {
      const worker_id = input.env.AWM_WORKER ?? '';
      const claim = claims.get(worker_id);
      claims.delete(worker_id);
      if (!claim) return deps.start(input);
      const { one, at } = claim;
      const isFresh = deps.now() - at < freshMs ? claim.isFresh : one.isFresh();
      if (one.startsAs(input) && (await isFresh) && (await one.isAlive())) {
        await one.letGo();
        const { isInitialized, setUp } = one;
        return { ...one.launched, standby: { isInitialized, model: setUp.options.model } };
      }
      await one.end();
      return deps.start(input);
    },
    async claim(setUp) {
      if (!canWait(setUp)) return undefined;
      wanted = { setUp, since: deps.now() };
      for (const one of waiting) {
        if (!fits(one, setUp)) continue;
        // It takes the longest, so it begins first.
        const isFresh = one.isFresh();
        const isUp = (await one.isReady()) && !one.hasHooks;
        // A worker that is queued has no use for it yet, and another may have taken it meanwhile.
        if (!isUp || deps.room() < 1 || !waiting.delete(one)) continue;
        claims.set(one.ids.worker_id, { one, at: deps.now(), isFresh });
        if (await one.becomeWorker()) return one.ids;
        claims.delete(one.ids.worker_id);
        await one.end();
      }
      return undefined;
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await looking;
      await endAll([...waiting, ...[...claims.values()].map(({ one }) => one)]);
    },
  };
}
