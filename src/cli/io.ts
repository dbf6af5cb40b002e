import { readConfig } from '../config/config.ts';
import type { Folders } from '../files/paths.ts';

/** What a command of the terminal needs from outside. `signal` ends it. */
export interface TerminalIo {
  stdout: { write(text: string): unknown; isTTY?: boolean; columns?: number; rows?: number };
  stderr: { write(text: string): unknown };
  env: NodeJS.ProcessEnv;
  now(): number;
  signal: AbortSignal;
}

/** The flags that name the folders of the workers. */
export interface FolderFlags {
  logsDir?: string;
  stateDir?: string;
}

/** Returns the folders of the workers: each is the folder of its flag, or else of the settings. */
export function foldersOf({ logsDir, stateDir }: FolderFlags, env: NodeJS.ProcessEnv): Folders {
  const flags = {
    ...(logsDir === undefined ? {} : { 'logs-dir': logsDir }),
    ...(stateDir === undefined ? {} : { 'state-dir': stateDir }),
  };
  return readConfig(flags, env);
}
