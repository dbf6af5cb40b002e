import type { BackgroundTask, WorkerContext } from '../../machines/worker.ts';
import { type Folders, workerPaths } from '../files/paths.ts';
import type { HistoryHead } from '../history/history-file.ts';
import type { WorkerSnapshot } from '../journal/replay.ts';
import type { WorkerData } from '../journal/restored-worker.ts';
import { stateText } from '../journal/state-text.ts';
import { hintLength } from '../stream-json/hint.ts';
import { visible } from '../stream-json/message.ts';
import { beginningOf, endOf } from '../text/cut.ts';
import type { Workers } from '../workers/workers.ts';

/** The work in the background of a worker: how much goes on, and what. */
interface TaskFields {
  background_tasks?: number;
  tasks?: string[];
  /** The work that ended with its process. */
  ended_tasks?: string[];
}

export interface CompletedRow extends TaskFields {
  worker_id: string;
  claude_session_id: string;
  conversation_history_file_path: string;
  warning?: string;
}

export interface FailedRow extends TaskFields {
  worker_id: string;
  returncode: number | null;
  conversation_history_file_path: string;
  error_hint: string;
  reason: string;
}

export interface PermissionRow {
  request_id: string;
  worker_id: string;
  tool: string;
  input: Record<string, unknown>;
}

export interface RunningRow extends TaskFields {
  worker_id: string;
  state: string;
  /** Seconds in that state. */
  seconds: number;
}

/** A worker in `list_workers`. */
export interface WorkerRow extends TaskFields {
  worker_id: string;
  description: string;
  state: string;
  seconds: number;
  last_activity: string;
  cost_usd: number;
  conversation_history_file_path: string;
}

/** The longest text in the input of a permission request, in characters. */
const inputLength = 10_000;

/** The longest description in a list, in characters; three to five words are asked for. */
const descriptionLength = 200;

/** Builds the row of a worker whose last turn completed. */
export function completedRow(context: WorkerContext, folders: Folders): CompletedRow {
  const { session_id, spec } = context;
  const { worker_id } = spec;
  const conversation_history_file_path = workerPaths(folders, worker_id).history;
  const warning = warningsOf(context);
  return {
    ...{ worker_id, claude_session_id: session_id, conversation_history_file_path },
    ...(warning === '' ? {} : { warning }),
    ...tasksOf(context),
  };
}

/** Builds the row of a worker whose last turn failed. */
export function failedRow(context: WorkerContext, folders: Folders): FailedRow {
  const { worker_id } = context.spec;
  const { returncode, reason, hint } = context.failure ?? {
    returncode: null,
    reason: '',
    hint: '',
  };
  return {
    worker_id,
    returncode,
    conversation_history_file_path: workerPaths(folders, worker_id).history,
    error_hint: [shorten(hint, hintLength), warningsOf(context)].join(' ').trim(),
    reason,
    ...tasksOf(context),
  };
}

function tasksOf({ tasks, ended_tasks }: WorkerContext): TaskFields {
  const texts = (list: BackgroundTask[]) =>
    list.map(({ description }) => shorten(description, taskLength));
  return {
    ...(tasks.length === 0 ? {} : { background_tasks: tasks.length, tasks: texts(tasks) }),
    ...(ended_tasks.length === 0 ? {} : { ended_tasks: texts(ended_tasks) }),
  };
}

/** The longest description of a task in a row, in characters. */
const taskLength = 80;

/** Words the problems of the last turn, except the reason of its failure. */
function warningsOf({ warning, save_error, left_folder }: WorkerContext): string {
  const moved =
    left_folder &&
    `This turn ran in ${left_folder.to}, because the worktree ${left_folder.from} of the turns before is not there any more.`;
  const unsaved = save_error && `The history file could not be written: ${save_error}`;
  return [moved, warning, unsaved].filter((text) => text !== null).join(' ');
}

/** Builds a row for each open request of a worker, oldest first. */
export function permissionRows({ spec, requests }: WorkerContext): PermissionRow[] {
  return requests.map(({ request_id, tool, input }) => ({
    ...{ request_id, worker_id: spec.worker_id, tool },
    input: shortenTexts(input),
  }));
}

export function runningRow(snapshot: WorkerSnapshot, since: number, now: number): RunningRow {
  return {
    worker_id: snapshot.context.spec.worker_id,
    state: stateText(snapshot.value),
    seconds: secondsBetween(since, now),
    ...tasksOf(snapshot.context),
  };
}

export interface RowInput {
  folders: Folders;
  /** Milliseconds since 1970. */
  now: number;
}

export function workerRow(snapshot: WorkerData, workers: Workers, input: RowInput): WorkerRow {
  const { spec, totals } = snapshot.context;
  const { since, lastActivity, lastLine } = workers.activityOf(spec.worker_id);
  const { folders, now } = input;
  const ago = `${secondsBetween(lastActivity, now)} s ago`;
  return {
    worker_id: spec.worker_id,
    description: shorten(spec.description, descriptionLength),
    state: stateText(snapshot.value),
    seconds: secondsBetween(since, now),
    last_activity: lastLine === '' ? ago : `${ago}: ${shorten(lastLine, 80)}`,
    cost_usd: Math.round(totals.cost_usd * 1e6) / 1e6,
    conversation_history_file_path: workerPaths(folders, spec.worker_id).history,
    ...tasksOf(snapshot.context),
  };
}

/** Returns the row of a worker of which only the history file is here. */
export function historyRow(head: HistoryHead, { folders, now }: RowInput): WorkerRow {
  const settled = Date.parse(head.updated_at);
  const seconds = secondsBetween(settled, now);
  return {
    worker_id: head.worker_id,
    description: shorten(head.description, descriptionLength),
    state: head.status,
    seconds,
    last_activity: `${seconds} s ago: only its history file is here`,
    cost_usd: Math.round(head.total_cost_usd * 1e6) / 1e6,
    conversation_history_file_path: workerPaths(folders, head.worker_id).history,
  };
}

const secondsBetween = (from: number, to: number): number =>
  Math.max(0, Math.round((to - from) / 1000));

/** Cuts a text and says how much is missing. */
function shorten(text: string, length: number): string {
  if (text.length <= length) return visible(text);
  const shown = beginningOf(text, length);
  return `${visible(shown)}… [${text.length - shown.length} more characters]`;
}

/** Cuts the middle out of long texts and says there how much is missing. */
function shortenTexts(value: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'string' || part.length <= inputLength) return part;
    const [first, last] = [beginningOf(part, inputLength / 2), endOf(part, inputLength / 2)];
    const missing = part.length - first.length - last.length;
    const note = `\n[… ${missing} characters are not shown here; the worker's journal has them …]\n`;
    return first + note + last;
  });
  return JSON.parse(text);
}
