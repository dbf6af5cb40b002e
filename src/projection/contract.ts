import type { JournalRecord } from '../journal/journal.ts';

/** The data that the page receives, as JSON. The page imports only these types of the server. */

/** The mode of a page: a human may answer, may only read, or sees a past run. */
export type PageMode = 'live' | 'readonly' | 'recorded';

/** Response to `GET /api/snapshot`: everything at one moment. */
export interface PageSnapshot {
  mode: PageMode;
  /** The place from which the stream continues: `GET /api/events?since=…`; null without a stream. */
  cursor: string | null;
  /** The server's time, in milliseconds since 1970, like every time here. */
  now: number;
  /** The path of the logs folder or of the journal. */
  title: string;
  supervisor: SupervisorView | null;
  workers: WorkerView[];
  /** Every change of state of every worker, the oldest first: for swim-lanes and time travel. */
  lanes: Record<string, LaneMark[]>;
}

export interface SupervisorView {
  state: string;
  slots: number;
  busy: string[];
  queue: string[];
}

/** The time from which a worker was in a state. */
export type LaneMark = [t: number, state: string];

/** One worker at one moment. */
export interface WorkerView {
  worker_id: string;
  description: string;
  agent_type: string | null;
  cwd: string;
  model: string | null;
  session_id: string;
  /** Such as `spawning.queued`. */
  state: string;
  since: number;
  created_at: number;
  last_activity: number;
  last_line: string;
  /** The number of the current turn, from 1, and its prompt. */
  turn: number;
  prompt: string;
  cost_usd: number;
  tokens: { input: number; output: number };
  failure: { reason: string; hint: string } | null;
  /** The time at which a timer of the machine fires in this state; null when none runs. */
  deadline: { at: number; event: string } | null;
  requests: RequestView[];
  delivered: boolean;
  /** The owner: this server, another living server, or none. */
  owner: 'ours' | 'foreign' | 'none';
  /** The number of the last record in this view. */
  seq: number;
}

/** An open permission request, with its whole input. */
export interface RequestView {
  request_id: string;
  tool: string;
  input: Record<string, unknown>;
  /** SHA-256 of the input's JSON, in hex: an answer names the input that the page showed. */
  input_sha256: string;
  asked_at: number;
  can_remember: boolean;
}

/** A journal record and its change to the worker's view: `Object.assign(view, patch)`. */
export interface Step {
  record: JournalRecord;
  patch: Partial<WorkerView>;
}

/** Response to `GET /api/workers/:id/records`: all steps of a worker, the oldest first. */
export interface RecordsResponse {
  steps: Step[];
}

/** Response to `GET /api/workers/:id/transcript?from=OFFSET`. */
export interface TranscriptResponse {
  messages: TranscriptMessage[];
  /** The offset for the next call. */
  next: number;
  /** True if there is no further message now. */
  is_end: boolean;
}

/** A message of the conversation, with the offset of its end in the worker's stdout. */
export interface TranscriptMessage {
  offset: number;
  /** The CLI's own `user` or `assistant` line, unchanged. */
  message: Record<string, unknown>;
}

/** The server-sent events of `GET /api/events`; the id of each is the next cursor. */
export interface StreamEvents {
  steps: Step[];
  supervisor: SupervisorView;
  /** The cursor is too old or from another server: the page must take a new snapshot. */
  resync: Record<string, never>;
}

/** The body of `POST /api/permissions/:request_id`. */
export interface PermissionBody {
  decision: 'allow' | 'deny';
  /** The hash of the input that the page showed. */
  input_sha256: string;
  remember?: boolean;
  /** For a denial. */
  reason?: string;
  /** For AskUserQuestion. */
  answers?: Record<string, unknown>;
}

/** The body of `POST /api/workers/:id/resume`; the body of `…/stop` is `{}`. */
export interface ResumeBody {
  prompt: string;
}

/** The body of every refusal: a sentence that says what to do. */
export interface ErrorResponse {
  error: string;
}

/** Response to `GET /api/charts`: the statecharts, which the build draws. */
export interface ChartsResponse {
  worker: ChartView;
  supervisor: ChartView;
}

/**
 * A drawn statechart. In its SVG each state is a `<g data-state="spawning.queued">` with an empty
 * `<text class="count">` and `<text class="countdown">`, and each arrow a `<g data-edge>` with the ids
 * of all its edges, separated by spaces.
 */
export interface ChartView {
  svg: string;
  states: { state: string; description: string }[];
  edges: ChartEdge[];
}

/** A transition: its source state, its event and its target state. */
export interface ChartEdge {
  id: string;
  source: string;
  event: string;
  /** The name of its guard, if it has one. */
  guard?: string;
  /** As in `edges` of a journal record, without the machine's id; the source for an internal transition. */
  target: string;
}

/** The content of an exported page: a run, without a server. */
export interface RunFile {
  snapshot: PageSnapshot;
  records: Record<string, Step[]>;
  transcripts: Record<string, TranscriptMessage[]>;
  charts: ChartsResponse;
}
