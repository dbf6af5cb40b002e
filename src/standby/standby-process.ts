import { rename, rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { grantingAgents } from '../claude/granting-agents.ts';
import type { Launch, Launched, LaunchInput } from '../claude/launch.ts';
import { type LaunchSubject, launchInput, writePrivateFiles } from '../claude/start.ts';
import { messageOf } from '../errors.ts';
import { writeToFifo } from '../files/fifo.ts';
import { type Folders, standbyPaths, workerPaths } from '../files/paths.ts';
import { makePrivateFolder } from '../files/private-files.ts';
import { tail } from '../files/tail.ts';
import { type Lease, takeLease } from '../leases/lease.ts';
import { signalGroup, startTimeOf } from '../processes/identity.ts';
import { livenessOf } from '../processes/liveness.ts';
import {
  type InitializeOptions,
  initializeLine,
  isEmptyInitialize,
  presenceLine,
} from '../stream-json/input-line.ts';
import { parseObject } from '../stream-json/message.ts';
import { startFingerprint } from './fingerprint.ts';
import { type Ids, isSameStart, type SetUp, subjectFor } from './start-input.ts';
import { type Watchdog, watchGroup } from './watchdog.ts';

/** A `claude` that was started ahead. */
export interface StandbyProcess {
  readonly ids: Ids;
  readonly setUp: SetUp;
  /** The agents that its start denied; a fresh process has denied the right ones. */
  readonly deniedAgents: string[];
  readonly launched: Launched;
  /** True when it was sent an `initialize`, which `claude` accepts once. */
  readonly isInitialized: boolean;
  /** True once it has answered. */
  isReady(): Promise<boolean>;
  /** True when its start ran hooks of the user, which an unused process must not run. */
  readonly hasHooks: boolean;
  /** True once its exit was reported. */
  readonly isGone: boolean;
  /** True while it exists, whether or not its exit was reported. */
  isAlive(): Promise<boolean>;
  /** True when a start with this input gives the same process, except for its model. */
  hasSameStart(input: LaunchInput): boolean;
  /** True when these options can still be sent to it. */
  accepts(options: InitializeOptions): boolean;
  /** True when a new start would read the same files as this start. */
  isFresh(): Promise<boolean>;
  /** Renames its folder to the worker's folder; false when the folder is missing. */
  becomeWorker(): Promise<boolean>;
  /** Ends its watchdog: from now on it outlives this server. */
  release(): Promise<void>;
  /** Ends it and removes its folder. Never rejects: a folder that stays is named in a warning. */
  end(): Promise<void>;
}

/** How long the exit of a killed process is awaited, in milliseconds. */
const exitMs = 5_000;

export interface StandbyProcessDeps {
  setUp: LaunchSubject['deps'];
  folders: Folders;
  launch: Launch;
  lease: Lease;
  now(): number;
  /** Returns a new UUID. */
  newId(): string;
  /** Called when it ran hooks of the user, or has exited. */
  onChange(): void;
  warn(message: string): void;
}

/**
 * Starts a process ahead, with a folder and ids of its own.
 * @returns undefined when the files that its start reads are not known.
 * @throws Error when it cannot be started.
 */
export async function startAhead(
  deps: StandbyProcessDeps,
  setUp: SetUp,
): Promise<StandbyProcess | undefined> {
  const ids = { worker_id: deps.newId(), session_id: deps.newId() };
  const paths = standbyPaths(deps.folders, ids.worker_id);
  const deniedAgents = await grantingAgents({ ...setUp, env: deps.setUp.env });
  const subject = subjectFor(deps.setUp, deps.folders, ids, setUp, deniedAgents);
  const input = launchInput(subject);
  const fingerprint = await startFingerprint(input);
  if (fingerprint === undefined) return undefined;
  await makePrivateFolder(paths.folder);
  try {
    await takeLease(paths.lease, deps.lease, livenessOf);
    await writePrivateFiles(subject);
    const launched = await deps.launch(input);
    const watchdog = await watchGroup(launched.pid).catch((error: unknown) => {
      signalGroup(launched.pid, 'SIGKILL');
      throw error;
    });
    return follow(deps, { ids, setUp, deniedAgents, input, fingerprint, launched, watchdog });
  } catch (error) {
    await removeFolder(paths.folder).catch(() => {});
    throw error;
  }
}

const removeFolder = (path: string) => rm(path, { recursive: true, force: true });

interface Started {
  ids: Ids;
  setUp: SetUp;
  deniedAgents: string[];
  input: LaunchInput;
  fingerprint: string;
  launched: Launched;
  watchdog: Watchdog;
}

function follow(deps: StandbyProcessDeps, started: Started): StandbyProcess {
  const { ids, setUp, deniedAgents, input, fingerprint, launched, watchdog } = started;
  const { folder } = input.paths;
  // When the last worker sent no options, the next worker hardly sends any.
  const isInitialized = isEmptyInitialize(setUp.options);
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
    await output.stop().catch(() => {});
    deps.onChange();
  });
  const question = isInitialized ? initializeLine({}) : presenceLine();
  // A process without a reader has exited, and `exited` reports it.
  writeToFifo(input.paths.stdin, question).catch(() => {});

  return {
    ids,
    setUp,
    deniedAgents,
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
    hasSameStart: (other) => isSameStart(input, other),
    accepts: (options) => !isInitialized || isEmptyInitialize(options),
    isFresh: () =>
      startFingerprint(input).then(
        (now) => now === fingerprint,
        () => false,
      ),
    async becomeWorker() {
      await output.stop();
      return rename(folder, workerPaths(deps.folders, ids.worker_id).folder).then(
        () => true,
        () => false,
      );
    },
    release: watchdog.release,
    async end() {
      signalGroup(launched.pid, 'SIGKILL');
      // A process may hang in the kernel. The timer also keeps a server alive that is ending.
      const hasExited = new AbortController();
      const late = setTimeout(exitMs, undefined, hasExited).catch(() => {});
      await Promise.race([gone, late]);
      hasExited.abort();
      await watchdog.release();
      await removeFolder(folder).catch((error: unknown) =>
        deps.warn(`The folder of a standby process stays: ${messageOf(error)}`),
      );
    },
  };
}
