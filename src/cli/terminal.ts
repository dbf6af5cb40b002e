import { messageOf } from '../errors.ts';
import { idNamed, storedWorkers } from '../journal/load-worker.ts';
import { readArguments, type TerminalIo } from './arguments.ts';
import type { TerminalCommand } from './names.ts';
import { createLook } from './overview.ts';
import { show } from './show.ts';
import { statusLine } from './status.ts';
import { tail } from './tail.ts';
import { watch } from './watch.ts';

const usage = `Usage: async-worker-manager status | watch | show <id> | tail <id>  [--logs-dir DIR]

  status  all workers in one line, as for Claude Code's status line
  watch   a table of them that goes on; written once where stdout is no terminal
  show    one worker; the beginning of its id is enough
  tail    what one worker says, until its turn is over
`;

/**
 * Runs a command that looks at a logs folder from a terminal. It reads files and asks no server.
 * @returns The exit code: 0, or 2 for wrong arguments and for what cannot be read.
 */
export async function runTerminal(
  command: TerminalCommand,
  argv: readonly string[],
  io: TerminalIo,
): Promise<number> {
  const ending = new AbortController();
  const end = () => ending.abort();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, end);
  io.signal?.addEventListener('abort', end, { once: true });
  try {
    await run(command, argv, io, ending.signal);
    return 0;
  } catch (error) {
    io.stderr.write(`${messageOf(error)}\n`);
    return 2;
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, end);
  }
}

async function run(
  command: TerminalCommand,
  argv: readonly string[],
  io: TerminalIo,
  end: AbortSignal,
): Promise<void> {
  if (argv.includes('--help') || argv.includes('-h')) {
    io.stdout.write(usage);
    return;
  }
  const takesId = command === 'show' || command === 'tail';
  const { logsDir, id } = readArguments(argv, io.env, takesId);
  const look = createLook(logsDir, (message) => io.stderr.write(`${message}\n`));
  switch (command) {
    case 'status':
      io.stdout.write(`${statusLine(await look())}\n`);
      return;
    case 'watch':
      return watch(look, io, end);
    case 'show':
      io.stdout.write(await show(logsDir, idNamed(await storedWorkers(logsDir), id), io.now()));
      return;
    case 'tail':
      return tail(logsDir, idNamed(await storedWorkers(logsDir), id), io, end);
  }
}
