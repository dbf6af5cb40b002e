import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { execa } from 'execa';
import { codeOf, messageOf } from '../errors.ts';
import { makeFifo } from '../files/fifo.ts';
import type { WorkerPaths } from '../files/paths.ts';
import { appendFlags, unlessMissing } from '../files/private-files.ts';

/** A command to start, and the files that are its standard streams. */
export interface LaunchInput {
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  paths: WorkerPaths;
  /** Cancels the start, unless it has begun. */
  signal?: AbortSignal;
}

/** How a process ended; both are null when its end was not seen. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A started process. `exited` never rejects. */
export interface Launched {
  pid: number;
  exited: Promise<Exit>;
  /** Tells the start limit that the process has written output, so it no longer starts. */
  markStarted?(): void;
  /** Present when the process was started ahead. */
  standby?: StandbyStart;
}

/** How a process was started ahead. */
export interface StandbyStart {
  /** The model in its arguments; undefined when they name none. */
  model: string | undefined;
  /** True when its stdout begins with the answer to an `initialize` without options. */
  isInitialized: boolean;
}

/** Starts a detached process; resolves once it exists. */
export type Launch = (input: LaunchInput) => Promise<Launched>;

/** The error of a start that was cancelled before it began. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted';
}

/** The error of a start whose command was not found. */
export class CommandNotFound extends Error {
  override readonly name = 'CommandNotFound';
}

/**
 * Starts `claude` in a process group of its own. Its stdin is a FIFO that it holds open itself, and
 * its stdout and stderr are files, so the process does not depend on this server.
 * @throws CommandNotFound, or Error when it could not be started for another reason.
 */
export const launchDetached: Launch = async (input) => {
  await makeFifo(input.paths.stdin);
  const files = await openStreams(input.paths);
  try {
    return await spawn(input, files);
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
};

/** Opens the streams; stdin for reading and writing, because a FIFO that has a writer never ends. */
async function openStreams(paths: WorkerPaths): Promise<[FileHandle, FileHandle, FileHandle]> {
  return Promise.all([
    open(paths.stdin, constants.O_RDWR | constants.O_NOFOLLOW),
    open(paths.stdout, appendFlags, 0o600),
    open(paths.stderr, appendFlags, 0o600),
  ]);
}

async function spawn(
  input: LaunchInput,
  [stdin, stdout, stderr]: [FileHandle, FileHandle, FileHandle],
): Promise<Launched> {
  const child = execa(input.command, input.args, {
    cwd: input.cwd,
    env: input.env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    // execa passes every descriptor to Node; its types allow only the standard descriptors.
    stdio: [stdin.fd, stdout.fd, stderr.fd] as unknown as [0, 1, 2],
  });
  const outcome = child.then(
    (result) => result,
    (error: unknown) => error,
  );
  if (child.pid === undefined) throw await startError(input, await outcome);
  child.unref();
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return { pid: child.pid, exited };
}

/** Returns why a start failed: the system reports a missing command and a missing folder alike. */
async function startError({ command, cwd }: LaunchInput, error: unknown): Promise<Error> {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  const isMissing = codeOf(error) === 'ENOENT' || codeOf(cause) === 'ENOENT';
  const hasFolder = (await unlessMissing(stat(cwd))) !== undefined;
  if (!hasFolder) return new Error(`The working directory ${cwd} no longer exists.`);
  if (isMissing) return new CommandNotFound(`Command not found: ${command}`);
  return new Error(`${command} could not be started: ${messageOf(cause)}`);
}
