import { messageOf } from '../errors.ts';
import type { Folders } from '../files/paths.ts';
import { adopt } from './adopt.ts';
import { findWorker, type NamedWorker } from './from-history.ts';
import { type FolderFlags, foldersOf, type TerminalIo } from './io.ts';
import { createOverview } from './overview.ts';
import { show } from './show.ts';
import { statusLine } from './status.ts';
import { tail } from './tail.ts';
import { watch } from './watch.ts';

export type TerminalCommand = 'status' | 'watch' | 'show' | 'tail' | 'adopt';

/** The arguments of a command. `show`, `tail` and `adopt` take an id, or the beginning of one. */
export interface TerminalInput extends FolderFlags {
  id?: string;
}

/**
 * Runs a command for workers in a terminal. It reads files and asks no server; `adopt` also writes one.
 * @returns The exit code: 0, or 2 when something cannot be read.
 */
export async function runTerminal(
  command: TerminalCommand,
  input: TerminalInput,
  io: TerminalIo,
): Promise<number> {
  try {
    await run(command, input, io);
    return 0;
  } catch (error) {
    io.stderr.write(`${messageOf(error)}\n`);
    return 2;
  }
}

async function run(
  command: TerminalCommand,
  { id = '', ...flags }: TerminalInput,
  io: TerminalIo,
): Promise<void> {
  const folders = foldersOf(flags, io.env);
  const overview = createOverview(folders, (message) => io.stderr.write(`${message}\n`));
  switch (command) {
    case 'status':
      io.stdout.write(`${statusLine(await overview())}\n`);
      return;
    case 'watch':
      return watch(overview, io);
    default:
      return runForOne(command, folders, await findWorker(folders, id), io);
  }
}

async function runForOne(
  command: Exclude<TerminalCommand, 'status' | 'watch'>,
  folders: Folders,
  { worker_id, fromHistory }: NamedWorker,
  io: TerminalIo,
): Promise<void> {
  if (fromHistory !== undefined) {
    io.stdout.write(fromHistory);
    return;
  }
  switch (command) {
    case 'show':
      io.stdout.write(await show(folders, worker_id, io.now()));
      return;
    case 'adopt':
      io.stdout.write(await adopt(folders, worker_id));
      return;
    case 'tail':
      return tail(folders, worker_id, io);
  }
}
