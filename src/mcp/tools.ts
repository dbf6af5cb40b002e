import { approvePermission } from './approve-permission.ts';
import { listWorkers } from './list-workers.ts';
import { resumeWorker } from './resume-worker.ts';
import { spawnWorker } from './spawn-worker.ts';
import { stopWorker } from './stop-worker.ts';
import type { Tool } from './tool.ts';
import { wait } from './wait.ts';

/** Every tool, in the order in which clients see them. */
export const tools: Tool[] = [
  spawnWorker,
  wait,
  resumeWorker,
  approvePermission,
  stopWorker,
  listWorkers,
];
