import type { Config } from '../config/config.ts';
import { messageOf } from '../errors.ts';
import type { Exported } from '../export/input.ts';
import type { Manager } from '../manager/manager.ts';
import type { ChartsResponse } from '../projection/contract.ts';
import type { PageSource } from '../projection/source.ts';
import { createLiveSource } from './live-source.ts';
import { servePage } from './server.ts';
import { createSignInFile, type SignInFile } from './sign-in-file.ts';

export interface BesideDeps {
  manager: Manager;
  config: Config;
  mode: 'live' | 'readonly';
  env: NodeJS.ProcessEnv;
  webDir: string;
  charts(): ChartsResponse | Promise<ChartsResponse>;
  exportWorker(source: PageSource, worker_id: string, format: string): Promise<Exported>;
  now(): number;
  /** Writes a line for the human. Workers must not be able to read it more easily than other logs. */
  log(message: string): void;
}

/** The page of a running server. */
export interface BesidePage {
  /** Creates and opens a new sign-in file; the one before becomes invalid. */
  offerSignIn(): Promise<void>;
  close(): Promise<void>;
}

export async function serveBeside(deps: BesideDeps): Promise<BesidePage> {
  const { manager, config, mode, env, webDir, charts, exportWorker, now, log } = deps;
  const source = createLiveSource({ workers: manager.workers, folders: config, warn: log });
  let file: SignInFile | undefined;
  let offers = Promise.resolve();
  const removeFile = () => file?.remove().catch((error: unknown) => log(messageOf(error)));
  const page = await servePage({
    ...{ mode, source, webDir, charts, exportWorker, now },
    ...(mode === 'live' ? { manager } : {}),
    onSignedIn: removeFile,
  });
  const replaceFile = async () => {
    await removeFile();
    file = await createSignInFile(page.signInUrl(), { env, log });
  };
  return {
    offerSignIn() {
      // One after the other: each file must be gone before the next exists.
      const next = offers.then(replaceFile);
      offers = next.catch(() => {});
      return next;
    },
    async close() {
      await offers;
      await removeFile();
      source.close();
      await page.close();
    },
  };
}
