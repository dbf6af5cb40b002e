import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { taggedProcesses } from '../processes/find-tagged.ts';
import { startTimeOf } from '../processes/identity.ts';
import { asNumber, asText, type Json, parseObject } from '../stream-json/message.ts';
import { claudeFolder } from './session-file.ts';

/** The worker whose session is looked for. */
export interface SessionOwner {
  worker_id: string;
  session_id: string;
  /** The pid of the worker's own process. */
  pid: number | undefined;
}

/**
 * Returns the pid of another `claude` that has the session of a worker open: each `claude` (2.1.332)
 * writes its pid, its start and its session into `sessions/` of its folder.
 */
export async function holderOf(
  env: NodeJS.ProcessEnv,
  { worker_id, session_id, pid }: SessionOwner,
): Promise<number | undefined> {
  const folder = join(claudeFolder(env), 'sessions');
  const names = await readdir(folder).catch(() => []);
  const entries = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => entryIn(join(folder, name))),
  );
  const holders = entries.filter((entry) => entry?.sessionId === session_id);
  for (const holder of holders) {
    const found = asNumber(holder?.pid);
    if (found === undefined || found === pid || !(await lives(found, holder?.procStart))) continue;
    const own = (await taggedProcesses().catch(() => undefined))?.get(worker_id) ?? [];
    if (!own.includes(found)) return found;
  }
  return undefined;
}

const entryIn = async (path: string): Promise<Json | undefined> =>
  parseObject(await readFile(path, 'utf8').catch(() => ''));

/** True if the process exists. A killed `claude` leaves its file, and its pid may be used again. */
async function lives(pid: number, start: unknown): Promise<boolean> {
  const found = await startTimeOf(pid);
  // On macOS the two times are worded in different ways.
  if (process.platform !== 'linux' || asText(start) === undefined) return found !== undefined;
  return found === start;
}
