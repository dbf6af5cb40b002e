import {
  type PermissionAnswer,
  type PermissionRequest,
  type Prompt,
  type Reason,
  refusedUnasked,
} from '../../machines/worker.ts';
import type { ReplayStep } from '../journal/replay.ts';
import { ruleTexts } from '../stream-json/permission-rules.ts';

/** A permission request in the history file. */
export interface HistoryPermission {
  request_id: string;
  tool: string;
  input: Record<string, unknown>;
  decision: 'allow' | 'deny' | 'withdrawn' | 'unanswered';
  /** Who decided: `caller`, `page`, or `server` for a request outside of a turn. */
  by?: string;
  reason?: string;
  /** The rules that hold for the worker from this answer on, with `remember`. */
  granted?: string[];
  at: string;
}

/** A turn in the history file. */
export interface HistoryTurn {
  /** Null for a turn that `claude` has opened by itself. */
  prompt: string | null;
  /** Why `claude` has opened the turn, such as `task-notification`. */
  origin?: string;
  status: 'completed' | 'failed' | 'running';
  reason?: Reason;
  error_hint?: string;
  /** A problem of a completed or failed turn. */
  warning?: string;
  result: string | null;
  structured_output?: unknown;
  started_at: string;
  ended_at: string | null;
  cost_usd: number;
  permissions: HistoryPermission[];
  /** The work in the background that ended with its process. */
  ended_tasks?: string[];
}

/** A turn, and where to find the rest of it in stdout. */
export interface TurnEntry {
  turn: HistoryTurn;
  /** The id under which `claude` echoes the turn's prompt. */
  prompt_id: string;
  /** The offset in stdout at which the turn begins. */
  startOffset: number;
  /** The offset behind the turn's result line. */
  resultOffset: number | undefined;
  /** The offset behind the last line of the turn that the journal knows. */
  endOffset: number;
  /** True when later lines have taken the place of lines of this turn. */
  isCut?: true;
  /** The turn's permission requests, by the CLI's own ids. */
  requests: Map<string, HistoryPermission>;
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** The turns in a worker's journal. */
export interface WorkerTurns {
  /** Without the texts that are in stdout only. */
  entries: TurnEntry[];
  last: ReplayStep;
}

/**
 * Reads the turns from a replayed journal.
 * @throws Error when the journal is empty.
 */
export function readTurns(steps: Iterable<ReplayStep>): WorkerTurns {
  const entries: TurnEntry[] = [];
  let last: ReplayStep | undefined;
  let costBefore = 0;
  let offset = 0;
  let wasTurn = 0;
  for (const step of steps) {
    last = step;
    // An imported worker had its turns elsewhere; its history file has them.
    if (step.record.event.type === 'IMPORTED') {
      entries.length = 0;
      costBefore = step.snapshot.context.totals.cost_usd;
    }
    if (beginsTurn(step, wasTurn)) entries.push(newEntry(step, offset));
    wasTurn = step.snapshot.context.turn;
    const before = offset;
    offset = step.record.offset ?? offset;
    if (offset < before) forgetLinesFrom(entries, offset);
    const entry = entries.at(-1);
    if (!entry) continue;
    entry.endOffset = Math.max(entry.endOffset, step.record.offset ?? 0);
    addPermission(entry, step);
    if (step.record.event.type === 'RESULT_SEEN' && !step.record.dropped) {
      if (endsWithResult(step)) {
        entry.resultOffset = step.record.offset;
        endTurn(entry.turn, step);
      }
      entry.turn.cost_usd += step.snapshot.context.totals.cost_usd - costBefore;
      costBefore = step.snapshot.context.totals.cost_usd;
    }
    if (endsTurn(step)) endTurn(entry.turn, step);
  }
  if (!last) throw new Error('The journal is empty.');
  return { entries, last };
}

/** Both a prompt and a turn that `claude` opens by itself have a number of their own. */
function beginsTurn({ record, snapshot }: ReplayStep, before: number): boolean {
  return record.event.type !== 'IMPORTED' && snapshot.context.turn !== before;
}

function newEntry({ record: { event, t } }: ReplayStep, startOffset: number): TurnEntry {
  // The machine wrote the event; see WorkerInput and WorkerCommand. TURN_OPENED has no prompt.
  const { id, text } = (event.prompt as Prompt | undefined) ?? { id: '', text: null };
  const turn: HistoryTurn = {
    prompt: text,
    ...(text === null && { origin: 'task-notification' }),
    status: 'running',
    result: null,
    started_at: iso(t),
    ended_at: null,
    cost_usd: 0,
    permissions: [],
  };
  return {
    ...{ turn, prompt_id: id, startOffset, resultOffset: undefined, endOffset: 0 },
    requests: new Map(),
  };
}

/**
 * Another program has emptied or replaced stdout, which had only `size` bytes when the next process
 * began. Its later lines have offsets that lines of these turns had.
 */
function forgetLinesFrom(entries: TurnEntry[], size: number): void {
  for (const entry of entries) {
    entry.startOffset = Math.min(entry.startOffset, size);
    if (entry.endOffset <= size) continue;
    entry.resultOffset = undefined;
    entry.isCut = true;
  }
}

function endsTurn({ record: { from, to } }: ReplayStep): boolean {
  return from !== to && (to === 'completed' || to === 'failed');
}

/** True for the result of the turn itself, which can come before the worker has settled. */
const endsWithResult = ({ record, snapshot }: ReplayStep): boolean =>
  snapshot.context.turn_ended || record.to === 'completed' || record.to === 'failed';

function endTurn(turn: HistoryTurn, { record, snapshot }: ReplayStep): void {
  const { failure } = snapshot.context;
  turn.status = failure === null ? 'completed' : 'failed';
  turn.ended_at = iso(record.t);
  if (failure) Object.assign(turn, { reason: failure.reason, error_hint: failure.hint });
  const { ended_tasks } = snapshot.context;
  if (ended_tasks.length > 0) turn.ended_tasks = ended_tasks.map(({ description }) => description);
}

/** What the machine answers to a request that it does not open. */
const refused = { decision: 'deny', by: 'server', reason: refusedUnasked } as const;

function addPermission({ turn, requests }: TurnEntry, { record, snapshot }: ReplayStep): void {
  const { event, t } = record;
  if (record.dropped) return;
  switch (event.type) {
    case 'PERMISSION_ASKED': {
      const { request_id, cli_id, tool, input } = event.request as PermissionRequest;
      const isOpen = snapshot.context.requests.some((open) => open.request_id === request_id);
      const permission: HistoryPermission = {
        ...{ request_id, tool, input },
        ...(isOpen ? { decision: 'unanswered' } : refused),
        at: iso(t),
      };
      turn.permissions.push(permission);
      requests.set(cli_id, permission);
      return;
    }
    case 'ANSWER_PERMISSION': {
      const { request_id, allow, reason, updated_input, granted } =
        event.answer as PermissionAnswer;
      const open = turn.permissions.find((permission) => permission.request_id === request_id);
      if (!open) return;
      const decision = allow ? 'allow' : 'deny';
      Object.assign(open, { decision, at: iso(t), by: event.source });
      if (reason !== undefined) open.reason = reason;
      if (updated_input !== undefined) open.input = updated_input;
      if (granted !== undefined) open.granted = ruleTexts(granted);
      return;
    }
    case 'PERMISSION_WITHDRAWN': {
      const open = requests.get(String(event.cli_id));
      if (open?.decision === 'unanswered')
        Object.assign(open, { decision: 'withdrawn', at: iso(t) });
    }
  }
}
