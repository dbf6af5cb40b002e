import type { WorkerStatus } from '../../../src/cli/overview.ts';
import { workerId } from '../fixtures.ts';

/** Returns a worker that has been running since the second 90. */
export function workerStatus(fields: Partial<WorkerStatus> = {}): WorkerStatus {
  return {
    worker_id: workerId(),
    description: 'A test worker',
    state: 'running',
    status: 'working',
    hasServer: true,
    since: 90_000,
    createdAt: 80_000,
    cost_usd: 0,
    lastLine: '',
    ...fields,
  };
}
