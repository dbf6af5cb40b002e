import type { PermissionAnswer, PermissionRequest } from '../../machines/worker.ts';
import type { Workers } from '../workers/workers.ts';
import { type ApproveResult, approve } from './approve.ts';
import { type CloseMode, close, killAll } from './close.ts';
import { type ListResult, listWorkers } from './list.ts';
import { type ResumeResult, resumeWorker } from './resume.ts';
import { createServices, type ManagerDeps } from './services.ts';
import { type SpawnInput, type SpawnResult, spawnWorker } from './spawn.ts';
import { type StopResult, stopWorkers } from './stop.ts';
import { type Wait, waitForWorkers } from './wait.ts';

/** What the tools and the page can do. Every method rejects a wrong call with a ManagerError. */
export interface Manager {
  readonly workers: Workers;
  wait: Wait;
  spawn(input: SpawnInput): Promise<SpawnResult>;
  resume(worker_id: string, prompt: string): Promise<ResumeResult>;
  /** `check` throws if the open request is not the request that the caller has seen. */
  approve(
    answer: PermissionAnswer,
    source: string,
    check?: (request: PermissionRequest) => void,
  ): Promise<ApproveResult>;
  stop(worker_ids: string[]): Promise<StopResult>;
  list(status?: string): Promise<ListResult>;
  /** Ends this server's work: `finish` leaves the workers running, `stop` ends them first. */
  close(mode: CloseMode): Promise<void>;
  /** Kills the processes of every worker at once, and records nothing. */
  kill(): Promise<void>;
}

export function createManager(deps: ManagerDeps): Manager {
  const services = createServices(deps);
  return {
    workers: services.workers,
    wait: (input) => waitForWorkers(services, input),
    spawn: (input) => spawnWorker(services, input),
    resume: (worker_id, prompt) => resumeWorker(services, worker_id, prompt),
    approve: (answer, source, check) => approve(services, answer, source, check),
    stop: (worker_ids) => stopWorkers(services, worker_ids),
    list: (status) => listWorkers(services, status),
    close: (mode) => close(services, mode),
    kill: () => killAll(services.workers),
  };
}
