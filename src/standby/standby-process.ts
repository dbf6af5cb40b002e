import { rename, rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Launch, Launched, LaunchInput } from '../claude/launch.ts';
import type { LaunchSubject } from '../claude/start.ts';
import { writeToFifo } from '../files/fifo.ts';
import { standbyPaths, workerPaths } from '../files/paths.ts';
import { makePrivateFolder } from '../files/private-files.ts';
import { tail } from '../files/tail.ts';
import { type Lease, takeLease } from '../leases/lease.ts';
import { isAlive, signalGroup, startTimeOf } from '../processes/identity.ts';
import {
  hasNothingToSay,
  type InitializeOptions,
  initializeLine,
  presenceLine,
} from '../stream-json/input-line.ts';
import { parseObject } from '../stream-json/message.ts';
import { startState } from './fingerprint.ts';
import { type Ids, inputFor, isSameStart, type SetUp } from './start-input.ts';
import { type Guard, guardGroup } from './watchdog.ts';

/** A `claude` that was started before anybody wanted it. */
export interface Waiting {
  readonly ids: Ids;
  readonly setUp: SetUp;
  readonly launched: Launched;
  /** Whether it was sent an `initialize`, which counts once only. */
  readonly isInitialized: boolean;
  /** Whether it has answered by now: it is up. */
  isReady(): Promise<boolean>;
  /** Whether it started with hooks of the user's: one that is never used must not run them. */
  readonly hasHooks: boolean;
  readonly isGone: boolean;
  /** Whether it is there at this moment, also if its going was not told yet. */
  isAlive(): Promise<boolean>;
  /** Whether a start with this would be a start of the same, but for the model. */
  startsAs(input: LaunchInput): boolean;
  /** Whether what these options have to say to a process can still be said to it. */
  canBeTold(options: InitializeOptions): boolean;
  /** Whether a new start would find what this one found. */
  isFresh(): Promise<boolean>;
  /** Makes its folder the worker's; false when that is not there any more. */
  becomeWorker(): Promise<boolean>;
  /** Leaves it to itself: from now on it outlives this server. */
  letGo(): Promise<void>;
  /** Ends it and removes what is its own. */
  end(): Promise<void>;
}

/** How long a killed process is waited for, in milliseconds. */
const goneMs = 5_000;

export interface StandbyProcessDeps {
  setUp: LaunchSubject['deps'];
  logsDir: string;
  launch: Launch;
  lease: Lease;
  now(): number;
  /** A new UUID. */
  newId(): string;
  /** Told when it has shown hooks or has gone. */
  onChange(): void;
}

/**
 * Starts a process ahead, in a folder of its own with ids of its own.
 * @returns undefined when it cannot be told what it would know.
 * @throws Error when it cannot be started.
 */
export async function startAhead(
  deps: StandbyProcessDeps,
  setUp: SetUp,
): Promise<Waiting | undefined> {
  const ids = { worker_id: deps.newId(), session_id: deps.newId() };
  const paths = standbyPaths(deps.logsDir, ids.worker_id);
  const input = inputFor(deps.setUp, deps.logsDir, ids, setUp);
  const state = await startState(input);
  if (state === undefined) return undefined;
  await makePrivateFolder(paths.folder);
  try {
    await takeLease(paths.lease, deps.lease, isAlive);
    const launched = await deps.launch(input);
    const guard = await guardGroup(launched.pid).catch((error: unknown) => {
      signalGroup(launched.pid, 'SIGKILL');
      throw error;
    });
    return follow(deps, { ids, setUp, input, state, launched, guard });
  } catch (error) {
    await rm(paths.folder, { recursive: true, force: true });
    throw error;
  }
}

interface Started {
  ids: Ids;
  setUp: SetUp;
  input: LaunchInput;
  state: string;
  launched: Launched;
  guard: Guard;
}

function follow(deps: StandbyProcessDeps, started: Started): Waiting {
  const { ids, setUp, input, state, launched, guard } = started;
  const { folder } = input.paths;
  // When the last worker had nothing to be told, the next one will hardly have.
  const isInitialized = hasNothingToSay(setUp.options);
  let [hasAnswered, hasHooks, isGone] = [false, false, false];
  const output = tail({
    path: input.paths.stdout,
    offset: 0,
    onLine(line) {
      const message = parseObject(line.bytes?.toString('utf8') ?? '');
      hasAnswered ||= message?.type === 'control_response';
      if (hasHooks || !String(message?.subtype).startsWith('hook_')) return;
      hasHooks = true;
      deps.onChange();
    },
    onError: () => {},
  });
  const gone = launched.exited.then(async () => {
    isGone = true;
    await output.stop();
    deps.onChange();
  });
  const question = isInitialized ? initializeLine({}) : presenceLine();
  // One that cannot be written to has gone.
  writeToFifo(input.paths.stdin, question).catch(() => {});

  return {
    ids,
    setUp,
    launched,
    isInitialized,
    async isReady() {
      await output.drain();
      return hasAnswered;
    },
    get hasHooks() {
      return hasHooks;
    },
    get isGone() {
      return isGone;
    },
    isAlive: async () => (await startTimeOf(launched.pid)) !== undefined,
    startsAs: (other) => isSameStart(input, other),
    canBeTold: (options) => !isInitialized || hasNothingToSay(options),
    isFresh: () =>
      startState(input).then(
        (found) => found === state,
        () => false,
      ),
    async becomeWorker() {
      await output.stop();
      const ofWorker = workerPaths(deps.logsDir, ids.worker_id).folder;
      return rename(folder, ofWorker).then(
        () => true,
        () => false,
      );
    },
    letGo: guard.release,
    async end() {
      signalGroup(launched.pid, 'SIGKILL');
      // One that hangs in the kernel goes when that lets it. The timer keeps a server that is ending
      // from ending before this has.
      const hasGone = new AbortController();
      const late = setTimeout(goneMs, undefined, hasGone).catch(() => {});
      await Promise.race([gone, late]);
      hasGone.abort();
      await guard.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
