import { copyFile, open } from 'node:fs/promises';
import { chartVersion, type WorkerFact, type WorkerInput } from '../../machines/worker.ts';
import { findSession } from '../claude/session-file.ts';
import { grantsIn, without } from '../config/grants.ts';
import { type Options, optionsSchema, withDefaults } from '../config/options.ts';
import { ManagerError, messageOf } from '../errors.ts';
import { type Folders, workerPaths } from '../files/paths.ts';
import { makePrivateFolder, readFlags, replaceFile } from '../files/private-files.ts';
import { makeStateFolder } from '../files/project-folders.ts';
import { hashOf } from '../history/hashed-file.ts';
import { type HistoryHead, readHistoryFile } from '../history/history-file.ts';
import type { JournalRecord } from '../journal/journal.ts';

/** A worker that is known from its history file only, and can be continued here. */
export interface ImportableWorker {
  head: HistoryHead;
  options: Options;
  /** The options that grant something: anybody can have written the file, so they are not taken over. */
  leftOut: (keyof Options)[];
}

/**
 * Reads a worker from its history file; returns undefined when there is none.
 * @throws ManagerError `unknown_worker` for a file that is damaged, and `foreign_worker` when the session
 *   of the worker is not here: the sentence says where the worker ran.
 */
export async function importable(
  folders: Folders,
  worker_id: string,
  env: NodeJS.ProcessEnv,
): Promise<ImportableWorker | undefined> {
  const { history } = workerPaths(folders, worker_id);
  const file = await readHistoryFile(history).catch((error: unknown) => {
    throw new ManagerError('unknown_worker', `${messageOf(error)}; use spawn_worker instead.`);
  });
  if (!file) return undefined;
  const { head } = file;
  const options = optionsSchema.safeParse(head.options);
  if (!options.success || head.worker_id !== worker_id) {
    throw new ManagerError(
      'unknown_worker',
      `${history} is not the history file of worker ${worker_id} as this version reads it; use spawn_worker instead.`,
    );
  }
  if (!(await findSession(env, head.session_id))) throw ranElsewhere(head, history);
  return { head, options: options.data, leftOut: grantsIn(options.data) };
}

function ranElsewhere(head: HistoryHead, history: string): ManagerError {
  const { worker_id, host, state_dir, cwd, session_id } = head;
  const where =
    host === undefined ? `in ${cwd}` : `on ${host} in ${cwd}, with its files in ${state_dir}`;
  return new ManagerError(
    'foreign_worker',
    `Worker ${worker_id} cannot be continued here: it ran ${where}, and its session ${session_id} is not in the folder of claude here. Resume it there, or spawn a worker that reads ${history}.`,
  );
}

/** Makes the folder of a worker that has none, so that this server can take the lease on it. */
export async function makeWorkerFolder(folders: Folders, worker_id: string): Promise<void> {
  await makeStateFolder(folders);
  await makePrivateFolder(workerPaths(folders, worker_id).folder);
}

/** Makes the files with which a worker continues that is known from its history file only. */
export async function makeFiles(folders: Folders, worker: ImportableWorker): Promise<void> {
  const { history, imported, journal } = workerPaths(folders, worker.head.worker_id);
  await copyFile(history, imported);
  const file = await open(imported, readFlags);
  await file.chmod(0o600);
  const sha256 = await hashOf(file).finally(() => file.close());
  const lines = recordsOf(worker, sha256).map((record) => `${JSON.stringify(record)}\n`);
  await replaceFile(journal, (draft) => draft.writeFile(lines.join('')));
}

/** Returns the journal of a worker that settled elsewhere, whose result somebody has read there. */
function recordsOf({ head, options, leftOut }: ImportableWorker, sha256: string): JournalRecord[] {
  const { worker_id, status, reason = 'interrupted', turns } = head;
  const failure =
    status === 'failed' ? { reason, hint: head.error_hint ?? '', returncode: null } : null;
  const totals = {
    ...{ cost_usd: head.total_cost_usd, num_turns: head.num_turns },
    ...{ duration_ms: head.duration_ms, usage: head.usage },
  };
  const settled = Date.parse(head.updated_at);
  const record = (
    seq: number,
    event: ({ type: 'SPAWNED' } & WorkerInput) | WorkerFact,
    from: string | null,
    to: string,
  ): JournalRecord => ({
    ...{ v: 1, seq, t: seq === 1 ? Date.parse(head.created_at) : settled, worker: worker_id },
    ...(seq === 1 ? { chart: chartVersion } : {}),
    ...{ event: { ...event }, from, to },
    ...(seq === 1 ? {} : { edges: [`worker.${to}`] }),
  });
  const turn = turns.length;
  const { model } = head;
  return [
    record(1, { type: 'SPAWNED', ...inputOf(head, without(options, leftOut)) }, null, queued),
    record(2, { type: 'IMPORTED', turns: turn, failure, model, totals }, queued, status),
    record(3, { type: 'SAVED', turn, sha256 }, status, status),
    record(4, { type: 'DELIVERED', turn }, status, status),
  ];
}

const queued = 'spawning.queued';

function inputOf(head: HistoryHead, options: Options): WorkerInput {
  const { worker_id, session_id, description, agent_type, cwd, turns } = head;
  const time_limit_seconds = options.timeout_seconds ?? null;
  const identity = { worker_id, session_id, description, agent_type, cwd, time_limit_seconds };
  const prompt = { id: session_id, text: turns.at(-1)?.prompt ?? '' };
  return { spec: { ...identity, options: withDefaults(options, {}) }, prompt };
}
