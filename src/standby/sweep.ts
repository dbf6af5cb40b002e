import { readdir, rm } from 'node:fs/promises';
import { isUuid, standbyPaths, standbyPrefix } from '../files/paths.ts';
import { unlessMissing } from '../files/private-files.ts';
import { type Lease, takeLease } from '../leases/lease.ts';
import { isAlive } from '../processes/identity.ts';
import { endLeftovers } from '../processes/reap.ts';

/** Ends standby processes of servers that have ended, in case their watchdogs have ended too. */
export async function sweepStandby(logsDir: string, own: Lease): Promise<void> {
  const entries = (await unlessMissing(readdir(logsDir, { withFileTypes: true }))) ?? [];
  const ids = entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(standbyPrefix))
    .map(({ name }) => name.slice(standbyPrefix.length))
    .filter(isUuid);
  for (const worker_id of ids) {
    const { folder, lease } = standbyPaths(logsDir, worker_id);
    const owner = await takeLease(lease, own, isAlive);
    if (owner) continue;
    await endLeftovers([worker_id]);
    await rm(folder, { recursive: true, force: true });
  }
}
