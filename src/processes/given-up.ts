import { dirname } from 'node:path';
import * as z from 'zod';
import { readText, rename, writeFile } from '../files/calls.ts';
import { readFlags, temporaryIn, unlessMissing } from '../files/private-files.ts';
import type { Identity } from './place.ts';

/**
 * The processes that a person has given up, because their host or container is gone for good. Each is
 * named whole, so a later process with the same pid is not meant.
 */
const schema = z.array(z.string());

export async function isGivenUp(path: string, process_: Identity): Promise<boolean> {
  return (await readNames(path)).includes(nameOf(process_));
}

/** Notes that these processes are given up. */
export async function giveUp(path: string, processes: readonly Identity[]): Promise<void> {
  const names = [...new Set([...(await readNames(path)), ...processes.map(nameOf)])];
  const draft = await temporaryIn(dirname(path));
  await writeFile(draft, JSON.stringify(names), { mode: 0o600, flag: 'wx' });
  await rename(draft, path);
}

async function readNames(path: string): Promise<string[]> {
  const text = await unlessMissing(readText(path, readFlags));
  try {
    return text === undefined ? [] : schema.parse(JSON.parse(text));
  } catch {
    return [];
  }
}

/** Returns a text that names one process for ever, on every host. */
export function nameOf({ pid, start_time, host, boot_id, pid_namespace }: Identity): string {
  return [pid, start_time, host, boot_id, pid_namespace].join(' ');
}
