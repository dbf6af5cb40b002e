import { readConfig } from '../config/config.ts';

/** What a command of the terminal needs from outside. `signal` ends it. */
export interface TerminalIo {
  stdout: { write(text: string): unknown; isTTY?: boolean; columns?: number; rows?: number };
  stderr: { write(text: string): unknown };
  env: NodeJS.ProcessEnv;
  now(): number;
  signal: AbortSignal;
}

/** Returns the logs folder: the folder of the flag, or else the folder that the settings name. */
export function logsFolder(folder: string | undefined, env: NodeJS.ProcessEnv): string {
  return readConfig(folder === undefined ? {} : { 'logs-dir': folder }, env).logsDir;
}
