import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 20_000;

/** Waits for the sign-in file that a server names on stderr; returns the URL in it. */
export async function wayIn(stderr: () => string): Promise<string> {
  const end = Date.now() + patienceMs;
  while (Date.now() < end) {
    const path = /The page: open (\S+) in a browser/.exec(stderr())?.[1];
    const [url] = path ? (/http:\/\/127[^"]+/.exec(await readFile(path, 'utf8')) ?? []) : [];
    if (url) return url;
    await delay(20);
  }
  throw new Error(`The server offered no way in within ${patienceMs} ms: ${stderr()}`);
}
