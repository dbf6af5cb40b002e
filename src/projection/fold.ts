import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { grantsOf, type PermissionRequest, type Prompt } from '../../machines/worker.ts';
import { type Activity, nextActivity, noActivity } from '../journal/activity.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { nextSnapshot, type WorkerSnapshot } from '../journal/replay.ts';
import { stateText } from '../journal/state-text.ts';
import type { LaneMark, RequestView, Step, WorkerView } from './contract.ts';
import { armedAt, deadlineOf } from './deadline.ts';

/** A worker after some of its records. */
export interface Fold {
  snapshot: WorkerSnapshot;
  activity: Activity;
  createdAt: number;
  prompt: string;
  armed: number;
  requests: Map<PermissionRequest, RequestView>;
  lane: LaneMark[];
  view: WorkerView;
}

/** Returns the SHA-256 of a request's input, in hex: an answer names the input that the page showed. */
export function inputHash(input: Record<string, unknown>): string {
  return createHash('sha256').update(JSON.stringify(input)).digest('hex');
}

/** Returns the fold after one more record, and the step for the page. */
export function nextFold(
  fold: Fold | undefined,
  record: JournalRecord,
  owner: WorkerView['owner'],
): { fold: Fold; step: Step } {
  const snapshot = nextSnapshot(fold?.snapshot, record);
  const known = {
    snapshot,
    activity: nextActivity(fold?.activity ?? noActivity, record),
    createdAt: fold?.createdAt ?? record.t,
    prompt: promptOf(record) ?? fold?.prompt ?? '',
    armed: armedAt(fold?.armed ?? record.t, record),
    requests: requestsOf(snapshot, fold?.requests, record.t),
    lane: fold?.lane ?? [],
  };
  if (record.from !== record.to) known.lane.push([record.t, record.to]);
  const view = viewOf(known, record.t, owner);
  return { fold: { ...known, view }, step: { record, patch: patchOf(fold?.view, view) } };
}

/** Folds a whole journal. */
export function foldAll(
  records: JournalRecord[],
  owner: WorkerView['owner'],
): { fold: Fold | undefined; steps: Step[] } {
  let fold: Fold | undefined;
  const steps = records.map((record) => {
    const next = nextFold(fold, record, owner);
    fold = next.fold;
    return next.step;
  });
  return { fold, steps };
}

/** Returns the worker as the page shows it. */
export function viewOf(
  fold: Omit<Fold, 'view' | 'lane'>,
  now: number,
  owner: WorkerView['owner'],
): WorkerView {
  const { spec, session_id, turn, totals, failure, delivered, model } = fold.snapshot.context;
  const { worker_id, description, agent_type, cwd } = spec;
  const { since, lastActivity, lastLine, seq } = fold.activity;
  const wanted = spec.options.model;
  return {
    ...{ worker_id, description, agent_type, cwd, session_id, turn, delivered, seq, owner },
    model: model ?? (typeof wanted === 'string' ? wanted : null),
    state: stateText(fold.snapshot.value),
    since,
    created_at: fold.createdAt,
    last_activity: lastActivity,
    last_line: lastLine,
    prompt: fold.prompt,
    cost_usd: totals.cost_usd,
    tokens: tokensOf(totals.usage),
    failure: failure && { reason: failure.reason, hint: failure.hint },
    deadline: deadlineOf(fold.snapshot, fold.armed, now),
    requests: [...fold.requests.values()],
  };
}

/** Returns the changed fields of a view; all fields of a new worker. */
export function patchOf(before: WorkerView | undefined, after: WorkerView): Partial<WorkerView> {
  if (!before) return after;
  const known: Record<string, unknown> = { ...before };
  const changed = Object.entries(after).filter(([key, value]) => {
    return !isDeepStrictEqual(known[key], value);
  });
  return Object.fromEntries(changed);
}

/** Returns the prompt if a record begins a turn. */
function promptOf({ event, dropped }: JournalRecord): string | undefined {
  if (event.type !== 'SPAWNED' && (event.type !== 'RESUME' || dropped)) return undefined;
  // The events SPAWNED and RESUME have it; see WorkerInput and WorkerCommand.
  return (event.prompt as Prompt).text;
}

/** Keyed by the machine's own objects: each stays the same while its request is open. */
function requestsOf(
  { context }: WorkerSnapshot,
  before: Fold['requests'] | undefined,
  t: number,
): Fold['requests'] {
  return new Map(
    context.requests.map((request) => [request, before?.get(request) ?? requestView(request, t)]),
  );
}

function requestView(request: PermissionRequest, t: number) {
  const { request_id, tool, input } = request;
  return {
    ...{ request_id, tool, input },
    input_sha256: inputHash(input),
    asked_at: t,
    can_remember: grantsOf(request).length > 0,
  };
}

/** Counts all input tokens, with and without the cache. */
function tokensOf(usage: Record<string, number>): WorkerView['tokens'] {
  const sum = (...names: string[]) => names.reduce((total, name) => total + (usage[name] ?? 0), 0);
  return {
    input: sum('input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'),
    output: sum('output_tokens'),
  };
}
