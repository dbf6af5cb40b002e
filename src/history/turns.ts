import type { PermissionAnswer, PermissionRequest, Prompt, Reason } from '../../machines/worker.ts';
import type { ReplayStep } from '../journal/replay.ts';

/** What became of a permission request, as the history file tells it. */
export interface HistoryPermission {
  request_id: string;
  tool: string;
  input: Record<string, unknown>;
  decision: 'allow' | 'deny' | 'withdrawn' | 'unanswered';
  /** Who decided: the caller of the tool, or another way in. */
  by?: string;
  reason?: string;
  at: string;
}

/** One turn of a worker, as the history file tells it. */
export interface HistoryTurn {
  prompt: string;
  status: 'completed' | 'failed' | 'running';
  reason?: Reason;
  error_hint?: string;
  /** A problem of the turn, whether it ended with an answer or not. */
  warning?: string;
  result: string | null;
  structured_output?: unknown;
  started_at: string;
  ended_at: string | null;
  cost_usd: number;
  permissions: HistoryPermission[];
}

/** A turn together with where in stdout its result stands, and its requests by the CLI's own ids. */
export interface TurnEntry {
  turn: HistoryTurn;
  /** The id under which claude echoes the turn's prompt. */
  prompt_id: string;
  /** Where in stdout the turn begins. */
  startOffset: number;
  resultOffset: number | undefined;
  asked: Map<string, HistoryPermission>;
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** A worker's turns and what it came to, as its journal tells them. */
export interface Story {
  /** Without the texts that only stdout holds. */
  entries: TurnEntry[];
  last: ReplayStep;
}

/**
 * Reads a replayed journal, step by step.
 * @throws Error when it is empty.
 */
export function storyOf(steps: Iterable<ReplayStep>): Story {
  const entries: TurnEntry[] = [];
  let last: ReplayStep | undefined;
  let costBefore = 0;
  let offset = 0;
  for (const step of steps) {
    last = step;
    const { event, t } = step.record;
    if (event.type === 'SPAWNED' || (event.type === 'RESUME' && !step.record.dropped)) {
      // Written by the machine's own events; see WorkerInput and WorkerCommand.
      const { id, text } = event.prompt as Prompt;
      entries.push({
        ...{ turn: newTurn(text, t), prompt_id: id, startOffset: offset },
        ...{ resultOffset: undefined, asked: new Map() },
      });
    }
    offset = step.record.offset ?? offset;
    const entry = entries.at(-1);
    if (!entry) continue;
    tellPermission(entry, step);
    if (event.type === 'RESULT_SEEN' && !step.record.dropped) {
      entry.resultOffset = step.record.offset;
      entry.turn.cost_usd += step.snapshot.context.totals.cost_usd - costBefore;
      costBefore = step.snapshot.context.totals.cost_usd;
    }
    if (hasSettled(step)) settle(entry.turn, step);
  }
  if (!last) throw new Error('The journal is empty.');
  return { entries, last };
}

function newTurn(prompt: string, t: number): HistoryTurn {
  return {
    prompt,
    status: 'running',
    result: null,
    started_at: iso(t),
    ended_at: null,
    cost_usd: 0,
    permissions: [],
  };
}

function hasSettled({ record: { from, to } }: ReplayStep): boolean {
  return from !== to && (to === 'completed' || to === 'failed');
}

function settle(turn: HistoryTurn, { record, snapshot }: ReplayStep): void {
  const { failure } = snapshot.context;
  turn.status = failure === null ? 'completed' : 'failed';
  turn.ended_at = iso(record.t);
  if (failure) Object.assign(turn, { reason: failure.reason, error_hint: failure.hint });
}

function tellPermission({ turn, asked }: TurnEntry, { record }: ReplayStep): void {
  const { event, t } = record;
  if (record.dropped) return;
  switch (event.type) {
    case 'PERMISSION_ASKED': {
      const { request_id, cli_id, tool, input } = event.request as PermissionRequest;
      const permission: HistoryPermission = {
        ...{ request_id, tool, input },
        decision: 'unanswered',
        at: iso(t),
      };
      turn.permissions.push(permission);
      asked.set(cli_id, permission);
      return;
    }
    case 'ANSWER_PERMISSION': {
      const { request_id, allow, reason, updated_input } = event.answer as PermissionAnswer;
      const open = turn.permissions.find((permission) => permission.request_id === request_id);
      if (!open) return;
      const decision = allow ? 'allow' : 'deny';
      Object.assign(open, { decision, at: iso(t), by: event.source });
      if (reason !== undefined) open.reason = reason;
      if (updated_input !== undefined) open.input = updated_input;
      return;
    }
    case 'PERMISSION_WITHDRAWN': {
      const open = asked.get(String(event.cli_id));
      if (open?.decision === 'unanswered')
        Object.assign(open, { decision: 'withdrawn', at: iso(t) });
    }
  }
}
