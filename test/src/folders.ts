import { join } from 'node:path';
import type { Folders } from '../../src/files/paths.ts';

/** Returns the folders of a test's workers: the state folder goes with the logs folder. */
export const foldersIn = (logsDir: string): Folders => ({
  logsDir,
  stateDir: join(logsDir, 'state'),
  earlier: new Set(),
});
