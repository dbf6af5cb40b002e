import { messageOf } from '../errors.ts';
import { findIdByPrefix, storedWorkers } from '../journal/load-worker.ts';
import { adopt } from './adopt.ts';
import { logsFolder, type TerminalIo } from './io.ts';
import { createOverview } from './overview.ts';
import { show } from './show.ts';
import { statusLine } from './status.ts';
import { tail } from './tail.ts';
import { watch } from './watch.ts';

export type TerminalCommand = 'status' | 'watch' | 'show' | 'tail' | 'adopt';

/** The arguments of a command. `show`, `tail` and `adopt` take an id, or the beginning of one. */
export interface TerminalInput {
  id?: string;
  logsDir?: string;
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
  { id = '', logsDir: folder }: TerminalInput,
  io: TerminalIo,
): Promise<void> {
  const logsDir = logsFolder(folder, io.env);
  const overview = createOverview(logsDir, (message) => io.stderr.write(`${message}\n`));
  switch (command) {
    case 'status':
      io.stdout.write(`${statusLine(await overview())}\n`);
      return;
    case 'watch':
      return watch(overview, io);
    case 'show':
      io.stdout.write(
        await show(logsDir, findIdByPrefix(await storedWorkers(logsDir), id), io.now()),
      );
      return;
    case 'adopt':
      io.stdout.write(await adopt(logsDir, findIdByPrefix(await storedWorkers(logsDir), id)));
      return;
    case 'tail':
      return tail(logsDir, findIdByPrefix(await storedWorkers(logsDir), id), io);
  }
}
