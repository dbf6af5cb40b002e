import { once } from 'node:events';
import { messageOf } from '../errors.ts';
import type { Exported } from '../export/input.ts';
import type { Folders } from '../files/paths.ts';
import { servePage } from '../page/server.ts';
import { createSignInFile } from '../page/sign-in-file.ts';
import type { ChartsResponse } from '../projection/contract.ts';
import { openRecorded } from '../projection/recorded.ts';
import type { PageSource } from '../projection/source.ts';

/** What the command needs from outside. `signal` ends it. */
export interface ViewIo {
  stdout: { write(text: string): unknown; isTTY?: boolean };
  stderr: { write(text: string): unknown };
  env: NodeJS.ProcessEnv;
  webDir: string;
  charts(): ChartsResponse | Promise<ChartsResponse>;
  exportWorker(source: PageSource, worker_id: string, format: string): Promise<Exported>;
  signal: AbortSignal;
}

/**
 * Serves the page of a past run until the signal ends it.
 * @returns The exit code: 0 after the signal, 2 for a path that cannot be read.
 */
export async function runView(folders: Folders, io: ViewIo): Promise<number> {
  const warn = (message: string) => io.stderr.write(`${message}\n`);
  try {
    const source = await openRecorded(folders, warn);
    const { webDir, charts, exportWorker } = io;
    const page = await servePage({
      ...{ mode: 'recorded', source, webDir, charts, exportWorker, now: Date.now },
      onSignedIn: () => void file?.remove().catch((error: unknown) => warn(messageOf(error))),
    });
    const file = await offerSignIn(page.signInUrl(), io);
    if (!io.signal.aborted) await once(io.signal, 'abort');
    await file?.remove();
    await page.close();
    return 0;
  } catch (error) {
    warn(messageOf(error));
    return 2;
  }
}

/** Writes the URL itself only to a terminal, where nobody but the user reads it. */
async function offerSignIn(url: string, { stdout, env }: ViewIo) {
  if (stdout.isTTY) stdout.write(`The page, once: ${url}\n`);
  return createSignInFile(url, { env, log: (message) => stdout.write(`${message}\n`) });
}
