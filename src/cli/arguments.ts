import { parseArgs } from 'node:util';
import { readConfig } from '../config/config.ts';
import { ManagerError, messageOf } from '../errors.ts';

/** What a command in the terminal is given from outside; `signal` ends it as SIGINT and SIGTERM do. */
export interface TerminalIo {
  stdout: { write(text: string): unknown; isTTY?: boolean; columns?: number; rows?: number };
  stderr: { write(text: string): unknown };
  env: NodeJS.ProcessEnv;
  now(): number;
  signal?: AbortSignal;
}

/**
 * Reads `[<id>] [--logs-dir folder]`.
 * @throws ManagerError `invalid_input` with what was expected.
 */
export function readArguments(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  takesId: boolean,
): { logsDir: string; id: string } {
  const { values, positionals } = parse(argv);
  const [id = ''] = positionals;
  if (positionals.length !== (takesId ? 1 : 0)) {
    const expected = takesId ? "a worker's id, or the beginning of one" : 'no worker';
    const found = positionals.length === 0 ? 'none' : JSON.stringify(positionals.join(' '));
    throw new ManagerError('invalid_input', `Expected ${expected}, found ${found}; see --help.`);
  }
  const folder = values['logs-dir'];
  // The one place that knows where the logs are when nobody says so.
  const { logsDir } = readConfig(folder === undefined ? [] : ['--logs-dir', folder], env);
  return { logsDir, id };
}

function parse(argv: readonly string[]) {
  try {
    const options = { 'logs-dir': { type: 'string' } } as const;
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw new ManagerError('invalid_input', messageOf(error));
  }
}
