import { messageOf } from '../errors.ts';
import { findIdByPrefix, storedWorkers } from '../journal/load-worker.ts';
import { adopt } from './adopt.ts';
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
    case 'show':
      io.stdout.write(
        await show(folders, findIdByPrefix(await storedWorkers(folders), id), io.now()),
      );
      return;
    case 'adopt':
      io.stdout.write(await adopt(folders, findIdByPrefix(await storedWorkers(folders), id)));
      return;
    case 'tail':
      return tail(folders, findIdByPrefix(await storedWorkers(folders), id), io);
  }
}
