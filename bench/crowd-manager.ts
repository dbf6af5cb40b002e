import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/config/config.ts';
import { createManager, type Manager } from '../src/manager/manager.ts';
import { type Crowd, gatherCrowd } from './crowd.ts';

/** A manager whose workers are stand-ins. */
export interface CrowdManager {
  manager: Manager;
  crowd: Crowd;
  logs: string;
  /** Resolves when so many workers in total are running or have exited. */
  until(what: 'running' | 'gone', count: number): Promise<void>;
}

/** Creates stand-ins for the workers, and no standby process. */
const settings = (size: number) => ({
  ...{ 'logs-dir': 'logs', 'state-dir': 'logs', 'max-workers': String(size), standby: '0' },
});

/** Creates a manager for `size` workers in total, and closes it after the use. */
export async function withCrowd<Value>(
  size: number,
  use: (crowd: CrowdManager) => Promise<Value>,
): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'awm-bench-'));
  const crowd = await gatherCrowd(size, folder);
  try {
    const manager = createManager({
      config: readConfig(settings(size), { CLAUDE_PROJECT_DIR: folder }),
      env: {},
      launch: crowd.launch,
      now: Date.now,
      newId: randomUUID,
      warn: (message) => process.stderr.write(`${message}\n`),
    });
    const value = await use({ manager, crowd, logs: join(folder, 'logs'), until: count(manager) });
    await manager.close('finish');
    return value;
  } finally {
    crowd.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Counts events of workers; a promise for a number rejects when a worker fails. */
function count({ workers }: Manager): CrowdManager['until'] {
  const counts = { running: 0, gone: 0 };
  const waiting = new Set<() => void>();
  let failure: Error | undefined;
  workers.onRecord(({ event, from, to }) => {
    if (to === 'failed') failure ??= new Error(`A worker failed: ${JSON.stringify(event)}`);
    if (from === 'spawning.starting' && to === 'running') counts.running += 1;
    if (event.type === 'EXITED') counts.gone += 1;
    for (const look of waiting) look();
  });
  return (what, wanted) =>
    new Promise((resolve, reject) => {
      const look = () => {
        if (failure) reject(failure);
        else if (counts[what] >= wanted) resolve();
        else return;
        waiting.delete(look);
      };
      waiting.add(look);
      look();
    });
}
