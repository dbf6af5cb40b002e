import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';
import { hasAnswered } from '../../bench/standby.ts';
import { standbyPrefix } from '../../src/files/paths.ts';
import type { Stage } from './harness.ts';

/** Lists the folders of the standby processes. */
export async function standbyFolders({ state }: Pick<Stage, 'state'>): Promise<string[]> {
  return (await readdir(state)).filter((name) => name.startsWith(standbyPrefix));
}

/** Resolves once a standby process has answered, with the id of its future worker. */
export function untilStandbyWaits(stage: Pick<Stage, 'state'>): Promise<string> {
  const readAnswer = async () => {
    const [folder = ''] = await standbyFolders(stage);
    const stdout = await readFile(join(stage.state, folder, 'stdout.ndjson'), 'utf8');
    if (!hasAnswered(stdout)) throw new Error('No standby process has answered yet.');
    return folder.slice(standbyPrefix.length);
  };
  return vi.waitFor(readAnswer, { timeout: 20_000, interval: 20 });
}
