import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { execa } from 'execa';
import { codeOf, messageOf } from '../errors.ts';
import type { WorkerPaths } from '../files/paths.ts';
import { appendFlags, unlessMissing } from '../files/private-files.ts';

/** What to start, and with which files as its standard streams. */
export interface LaunchInput {
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  paths: WorkerPaths;
  /** Gives the start up, unless it has begun. */
  signal?: AbortSignal;
}

/** How a process ended: both null when nobody could see it. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A started process. `exited` never rejects. */
export interface Launched {
  pid: number;
  exited: Promise<Exit>;
  /** To be called once it has said something: until then it is a process that starts. */
  isUp?(): void;
  /** Of a process that was started ahead. */
  standby?: HandedOver;
}

/** A process that was started ahead. */
export interface HandedOver {
  /** The model it was started with; undefined when it was told none. */
  model: string | undefined;
  /** Whether it has answered an `initialize` without options, at the beginning of its stdout. */
  isInitialized: boolean;
}

/** Starts a detached process and returns once it is there. */
export type Launch = (input: LaunchInput) => Promise<Launched>;

/** The start was given up before it began. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted';
}

/** The command to start was not found. */
export class CommandNotFound extends Error {
  override readonly name = 'CommandNotFound';
}

/**
 * Starts `claude` in a process group of its own. Its stdin is a FIFO that it holds open itself, its
 * stdout and stderr are files, so nothing of it depends on this server.
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

async function makeFifo(path: string): Promise<void> {
  const existing = await unlessMissing(open(path, constants.O_RDWR | constants.O_NOFOLLOW));
  if (existing) return existing.close();
  await promisify(execFile)('mkfifo', ['-m', '600', path]);
}

/** Read and write for stdin: a FIFO with a writer never ends, so the process is never cut off. */
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
    // execa hands any descriptor on to Node; its types name only the standard ones.
    stdio: [stdin.fd, stdout.fd, stderr.fd] as unknown as [0, 1, 2],
  });
  const ended = child.then(
    (result) => result,
    (error: unknown) => error,
  );
  if (child.pid === undefined) throw await startError(input, await ended);
  child.unref();
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return { pid: child.pid, exited };
}

/** A missing command and a missing working directory look alike to the system. */
async function startError({ command, cwd }: LaunchInput, error: unknown): Promise<Error> {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  const isMissing = codeOf(error) === 'ENOENT' || codeOf(cause) === 'ENOENT';
  const cwdIsThere = (await unlessMissing(stat(cwd))) !== undefined;
  if (!cwdIsThere) return new Error(`The working directory ${cwd} is no longer there.`);
  if (isMissing) return new CommandNotFound(`Command not found: ${command}`);
  return new Error(`${command} could not be started: ${messageOf(cause)}`);
}
