import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { openInBrowser } from './browser.ts';
import { signInMs } from './secrets.ts';

/** A file that leads a browser to the page, and that only this user can read. */
export interface SignInFile {
  readonly path: string;
  remove(): Promise<void>;
}

export interface SignInDeps {
  env: NodeJS.ProcessEnv;
  /** Writes a line for the human: the path of the file. */
  log(message: string): void;
}

/**
 * Writes a sign-in file and opens it where there is a browser. Only the file contains the URL with its
 * token: a worker could read an argument or a log. The file is removed when its token expires.
 */
export async function createSignInFile(url: string, { env, log }: SignInDeps): Promise<SignInFile> {
  const folder = await mkdtemp(join(tmpdir(), 'awm-view-'));
  const path = join(folder, 'launch.html');
  await writeFile(path, forwardPage(url), { mode: 0o600, flag: 'wx' });
  const remove = async () => {
    clearTimeout(expiry);
    await rm(folder, { recursive: true, force: true });
  };
  const expiry = setTimeout(
    () => remove().catch((error: unknown) => log(messageOf(error))),
    signInMs,
  ).unref();
  const minutes = signInMs / 60_000;
  log(`The page: open ${path} in a browser (once, within ${minutes} minutes).`);
  openInBrowser(path, env);
  return { path, remove };
}

function forwardPage(url: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url=${url}">
<title>async-worker-manager</title>
<p><a href="${url}">To the page</a></p>
`;
}
