import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { ManagerError, messageOf } from '../errors.ts';

/** What a command in the terminal is given from outside; `signal` ends it as SIGINT and SIGTERM do. */
export interface TerminalIo {
  stdout: { write(text: string): unknown; isTTY?: boolean; columns?: number; rows?: number };
  stderr: { write(text: string): unknown };
  env: NodeJS.ProcessEnv;
  now(): number;
  signal?: AbortSignal;
}

/** The arguments of a command that reads a logs folder. */
export interface LogsArguments {
  logsDir: string;
  /** The worker's id, or the beginning of it, where the command takes one. */
  id: string;
  /** Options of the command itself. */
  options: Record<string, string | undefined>;
}

/**
 * Reads `[<id>] [--logs-dir folder]` and a command's own options, each of which takes a value.
 * @throws ManagerError `invalid_input` with what was expected.
 */
export function readArguments(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  { takesId, names = [] }: { takesId: boolean; names?: readonly string[] },
): LogsArguments {
  const { values, positionals } = parse(argv, ['logs-dir', ...names]);
  const { 'logs-dir': folder, ...options } = values;
  const [id = ''] = positionals;
  if (positionals.length !== (takesId ? 1 : 0)) {
    const expected = takesId ? "a worker's id, or the beginning of one" : 'no worker';
    const found = positionals.length === 0 ? 'none' : JSON.stringify(positionals.join(' '));
    throw new ManagerError('invalid_input', `Expected ${expected}, found ${found}.`);
  }
  // The one place that knows where the logs are when nobody says so.
  const { logsDir } = readConfig(folder === undefined ? [] : ['--logs-dir', folder], env);
  return { logsDir, id, options };
}

function parse(argv: readonly string[], names: readonly string[]) {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw new ManagerError('invalid_input', messageOf(error));
  }
}
