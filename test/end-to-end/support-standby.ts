import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';
import { hasAnswered } from '../../bench/standby.ts';
import { standbyPrefix } from '../../src/files/paths.ts';
import type { Stage } from './harness.ts';

/** The folders of the processes that wait. */
export async function standbyFolders({ logs }: Pick<Stage, 'logs'>): Promise<string[]> {
  return (await readdir(logs)).filter((name) => name.startsWith(standbyPrefix));
}

/** Resolves once a process waits that has answered, and gives the id of the worker that it is for. */
export function untilOneWaits(stage: Pick<Stage, 'logs'>): Promise<string> {
  const look = async () => {
    const [folder = ''] = await standbyFolders(stage);
    const stdout = await readFile(join(stage.logs, folder, 'stdout.ndjson'), 'utf8');
    if (!hasAnswered(stdout)) throw new Error('No process waits yet.');
    return folder.slice(standbyPrefix.length);
  };
  return vi.waitFor(look, { timeout: 20_000, interval: 20 });
}
