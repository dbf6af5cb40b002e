import type { Config } from '../config/config.ts';
import { messageOf } from '../errors.ts';
import type { Exported } from '../export/input.ts';
import type { Manager } from '../manager/manager.ts';
import type { ChartsResponse } from '../projection/contract.ts';
import type { PageSource } from '../projection/source.ts';
import { createLiveSource } from './live-source.ts';
import { servePage } from './server.ts';
import { type LaunchFile, offerLaunch } from './sign-in-file.ts';

export interface BesideDeps {
  manager: Manager;
  config: Config;
  mode: 'live' | 'readonly';
  env: NodeJS.ProcessEnv;
  webDir: string;
  charts(): ChartsResponse | Promise<ChartsResponse>;
  exportWorker(source: PageSource, worker_id: string, format: string): Promise<Exported>;
  now(): number;
  /** Tells the human something; it must not reach a worker's ears more than any other log does. */
  say(message: string): void;
}

/** The page beside a running server. */
export interface BesidePage {
  /** Makes a new way in and opens it; the one before is void. */
  launch(): Promise<void>;
  close(): Promise<void>;
}

export async function serveBeside(deps: BesideDeps): Promise<BesidePage> {
  const { manager, config, mode, env, webDir, charts, exportWorker, now, say } = deps;
  const source = createLiveSource({ workers: manager.workers, logsDir: config.logsDir, warn: say });
  let file: LaunchFile | undefined;
  let launching = Promise.resolve();
  const removeFile = () => file?.remove().catch((error: unknown) => say(messageOf(error)));
  const page = await servePage({
    ...{ mode, source, webDir, charts, exportWorker, now },
    ...(mode === 'live' ? { manager } : {}),
    onLaunched: removeFile,
  });
  const launch = async () => {
    await removeFile();
    file = await offerLaunch(page.launchUrl(), { env, say });
  };
  return {
    launch() {
      // One after the other, so that each file has gone before the next is there.
      const next = launching.then(launch);
      launching = next.catch(() => {});
      return next;
    },
    async close() {
      await launching;
      await removeFile();
      source.close();
      await page.close();
    },
  };
}
