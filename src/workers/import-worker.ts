import { copyFile, open, realpath, rename, stat } from 'node:fs/promises';
import { chartVersion, type WorkerFact, type WorkerInput } from '../../machines/worker.ts';
import { findSession, folderOf } from '../claude/session-file.ts';
import { grantsIn, without } from '../config/grants.ts';
import { type Options, optionsSchema, withDefaults } from '../config/options.ts';
import { ManagerError, messageOf } from '../errors.ts';
import { type Folders, workerPaths } from '../files/paths.ts';
import {
  makePrivateFolder,
  readFlags,
  replaceFile,
  unlessMissing,
} from '../files/private-files.ts';
import { makeStateFolder } from '../files/project-folders.ts';
import { hashOf } from '../history/hashed-file.ts';
import { type HistoryHead, readHistoryFile } from '../history/history-file.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { beginningOf } from '../text/cut.ts';

/** A worker that is known from its history file only, and can be continued here. */
export interface ImportableWorker {
  head: HistoryHead;
  options: Options;
  /** The folder in which it continues. */
  cwd: string;
  /** What is not as the history file says, because anybody can have written it. */
  note?: string;
}

/** What decides how a worker continues here. */
export interface ImportPlace {
  folders: Folders;
  /** The environment of the server, which names the folder of `claude`. */
  env: NodeJS.ProcessEnv;
  projectDir: string;
}

/**
 * Reads a worker from its history file; returns undefined when there is none.
 * @throws ManagerError `unknown_worker` for a file that is damaged, and `foreign_worker` when the session
 *   of the worker is not here: the sentence says where the worker ran.
 */
export async function importable(
  { folders, env, projectDir }: ImportPlace,
  worker_id: string,
): Promise<ImportableWorker | undefined> {
  const { history } = workerPaths(folders, worker_id);
  const file = await readHistoryFile(history, worker_id).catch((error: unknown) => {
    throw new ManagerError('unknown_worker', `${messageOf(error)}; use spawn_worker instead.`);
  });
  if (!file) return undefined;
  const { head } = file;
  const options = optionsSchema.safeParse(head.options);
  if (!options.success) {
    const found = beginningOf(options.error.issues[0]?.message ?? '', 100);
    throw new ManagerError(
      'unknown_worker',
      `The options in ${history} are not options of this version (${found}); continue the worker with the version that wrote the file, or use spawn_worker.`,
    );
  }
  const session = await findSession(env, head.session_id);
  if (!session) throw ranElsewhere(head, history);
  const isOwn = await isOwnFolder(head.cwd, { session, projectDir });
  const cwd = isOwn ? head.cwd : projectDir;
  const leftOut = grantsIn(options.data);
  const note = noteOf(leftOut, { from: head.cwd, to: cwd });
  return { head, options: without(options.data, leftOut), cwd, ...(note === '' ? {} : { note }) };
}

/**
 * True for a folder in which the worker may continue: a folder of this project, or the folder that the
 * session names. `claude` reads all files of its folder unasked, so another folder would be a grant.
 */
async function isOwnFolder(
  cwd: string,
  { session, projectDir }: { session: string; projectDir: string },
): Promise<boolean> {
  const real = await realpath(cwd).catch(() => undefined);
  if (real === undefined || !(await stat(real)).isDirectory()) return false;
  if (`${real}/`.startsWith(`${await realpath(projectDir)}/`)) return true;
  return real === (await folderOf(session).catch(() => undefined));
}

/** Words what the worker lost. */
function noteOf(leftOut: string[], { from, to }: { from: string; to: string }): string {
  const why = 'Only the history file of this worker was found here, which anybody can write, so';
  return [
    leftOut.length === 0
      ? ''
      : `${why} the options that grant something were left out: ${leftOut.join(', ')}.`,
    from === to
      ? ''
      : `The worker continues in ${to}: its folder ${beginningOf(from, 300)} is not here, or is not the folder of its session.`,
  ]
    .filter((text) => text !== '')
    .join(' ');
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

/**
 * Makes the folder of a worker that has none, so that this server can take the lease on it.
 * @throws ManagerError `storage` when it cannot be made.
 */
export async function makeWorkerFolder(folders: Folders, worker_id: string): Promise<void> {
  await makeStateFolder(folders).catch(fail(worker_id));
  await makePrivateFolder(workerPaths(folders, worker_id).folder).catch(fail(worker_id));
}

/**
 * Makes the files with which a worker continues that is known from its history file only.
 * @throws ManagerError `storage` when they cannot be written.
 */
export async function makeFiles(folders: Folders, worker: ImportableWorker): Promise<void> {
  await writeFiles(folders, worker).catch(fail(worker.head.worker_id));
}

const fail = (worker_id: string) => (cause: unknown) => {
  const message = `Worker ${worker_id} cannot be continued, because its files cannot be written: ${messageOf(cause)}.`;
  throw new ManagerError('storage', message, { cause });
};

async function writeFiles(folders: Folders, worker: ImportableWorker): Promise<void> {
  const { history, imported, journal, stdout } = workerPaths(folders, worker.head.worker_id);
  // Where only the journal was removed, the messages in stdout are in the history file too.
  await unlessMissing(rename(stdout, `${stdout}.before-import`));
  await copyFile(history, imported);
  const file = await open(imported, readFlags);
  await file.chmod(0o600);
  const sha256 = await hashOf(file).finally(() => file.close());
  const lines = recordsOf(worker, sha256).map((record) => `${JSON.stringify(record)}\n`);
  await replaceFile(journal, (draft) => draft.writeFile(lines.join('')));
}

/** Returns the journal of a worker that settled elsewhere, whose result somebody has read there. */
function recordsOf(worker: ImportableWorker, sha256: string): JournalRecord[] {
  const { head } = worker;
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
    record(1, { type: 'SPAWNED', ...inputOf(worker) }, null, queued),
    record(2, { type: 'IMPORTED', turns: turn, failure, model, totals }, queued, status),
    record(3, { type: 'SAVED', turn, sha256 }, status, status),
    record(4, { type: 'DELIVERED', turn }, status, status),
  ];
}

const queued = 'spawning.queued';

function inputOf({ head, options, cwd }: ImportableWorker): WorkerInput {
  const { worker_id, session_id, description, agent_type, turns } = head;
  const time_limit_seconds = options.timeout_seconds ?? null;
  const identity = { worker_id, session_id, description, agent_type, cwd, time_limit_seconds };
  const prompt = { id: session_id, text: turns.at(-1)?.prompt ?? '' };
  return { spec: { ...identity, options: withDefaults(options, {}) }, prompt };
}
