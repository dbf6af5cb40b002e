import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInBrowser } from './browser.ts';
import { launchMs } from './secrets.ts';

/** The way in for the human: a file that only this user can read and that leads a browser here. */
export interface LaunchFile {
  readonly path: string;
  remove(): Promise<void>;
}

export interface LaunchDeps {
  env: NodeJS.ProcessEnv;
  /** Tells the human where the file is. */
  say(message: string): void;
}

/**
 * Writes a launch file and opens it where there is a browser. The URL with its token stands in the
 * file and nowhere else: an argument or a log could be read by a worker as it works. It goes when it
 * is of no more use.
 */
export async function offerLaunch(url: string, { env, say }: LaunchDeps): Promise<LaunchFile> {
  const folder = await mkdtemp(join(tmpdir(), 'awm-view-'));
  const path = join(folder, 'launch.html');
  await writeFile(path, launchPage(url), { mode: 0o600, flag: 'wx' });
  const remove = async () => {
    clearTimeout(expiry);
    await rm(folder, { recursive: true, force: true });
  };
  const expiry = setTimeout(() => void remove(), launchMs).unref();
  const minutes = launchMs / 60_000;
  say(`The page: open ${path} in a browser (once, within ${minutes} minutes).`);
  openInBrowser(path, env);
  return { path, remove };
}

function launchPage(url: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url=${url}">
<title>async-worker-manager</title>
<p><a href="${url}">To the page</a></p>
`;
}
