import { readdir, rm } from 'node:fs/promises';
import { messageOf } from '../errors.ts';
import { type Folders, isUuid, standbyPaths, standbyPrefix } from '../files/paths.ts';
import { unlessMissing } from '../files/private-files.ts';
import { type Lease, takeLease } from '../leases/lease.ts';
import { livenessOf } from '../processes/liveness.ts';
import { endLeftovers } from '../processes/reap.ts';

/**
 * Ends standby processes of servers that have ended, in case their watchdogs have ended too. A process
 * or a folder that cannot be removed stops no other.
 */
export async function sweepStandby(
  folders: Folders,
  own: Lease,
  warn: (message: string) => void,
): Promise<void> {
  const entries = (await unlessMissing(readdir(folders.stateDir, { withFileTypes: true }))) ?? [];
  const ids = entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(standbyPrefix))
    .map(({ name }) => name.slice(standbyPrefix.length))
    .filter(isUuid);
  for (const worker_id of ids) {
    await sweepOne(folders, worker_id, own).catch((error: unknown) => warn(messageOf(error)));
  }
}

async function sweepOne(folders: Folders, worker_id: string, own: Lease): Promise<void> {
  const { folder, lease } = standbyPaths(folders, worker_id);
  const owner = await takeLease(lease, own, livenessOf);
  if (owner) return;
  await endLeftovers([worker_id]);
  await rm(folder, { recursive: true, force: true });
}
