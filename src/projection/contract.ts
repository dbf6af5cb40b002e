import type { JournalRecord } from '../journal/journal.ts';

/** What the page is told, as JSON. The page imports these types and nothing else of the server. */

/** How a page may be used: by a human who answers, only to look, or on a past run. */
export type PageMode = 'live' | 'readonly' | 'recorded';

/** Answer to `GET /api/snapshot`: everything at one moment. */
export interface PageSnapshot {
  mode: PageMode;
  /** Sent back in the `x-csrf` header with every change; null where nothing can be changed. */
  csrf: string | null;
  /** Where the stream goes on: `GET /api/events?since=…`; null when there is no stream. */
  cursor: string | null;
  /** The server's clock when this was taken, in milliseconds since 1970, like every time here. */
  now: number;
  /** The logs folder or the journal that is shown. */
  title: string;
  supervisor: SupervisorView | null;
  workers: WorkerView[];
  /** Every change of state of every worker, oldest first: for swim-lanes and time travel. */
  lanes: Record<string, LaneMark[]>;
}

export interface SupervisorView {
  state: string;
  slots: number;
  busy: string[];
  queue: string[];
}

/** From this time on the worker was in this state. */
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
  /** Number of the current turn, from 1, and its prompt. */
  turn: number;
  prompt: string;
  cost_usd: number;
  tokens: { input: number; output: number };
  failure: { reason: string; hint: string } | null;
  /** When a timer of the machine will fire in this state; null when none runs. */
  deadline: { at: number; event: string } | null;
  requests: RequestView[];
  delivered: boolean;
  /** Whose worker this is: `ours`, another living server's, or nobody's. */
  owner: 'ours' | 'foreign' | 'none';
  /** Number of the last record that this tells. */
  seq: number;
}

/** An open permission request, whole: nothing of its input is left out. */
export interface RequestView {
  request_id: string;
  tool: string;
  input: Record<string, unknown>;
  /** SHA-256 of the input's JSON, in hex: an answer names what was shown. */
  input_sha256: string;
  asked_at: number;
  can_remember: boolean;
}

/** One journal record, and what it changed of the worker's view: `Object.assign(view, patch)`. */
export interface Step {
  record: JournalRecord;
  patch: Partial<WorkerView>;
}

/** Answer to `GET /api/workers/:id/records`: all steps of one worker, oldest first. */
export interface RecordsResponse {
  steps: Step[];
}

/** Answer to `GET /api/workers/:id/transcript?from=OFFSET`. */
export interface TranscriptResponse {
  messages: TranscriptMessage[];
  /** Where the next call goes on. */
  next: number;
  /** Whether that is the end of what there is now. */
  is_end: boolean;
}

/** A message of the conversation, with where it ends in the worker's stdout. */
export interface TranscriptMessage {
  offset: number;
  /** The CLI's own `user` or `assistant` line, as it came. */
  message: Record<string, unknown>;
}

/** Server-sent events of `GET /api/events`; the id of each is the next cursor. */
export interface StreamEvents {
  steps: Step[];
  supervisor: SupervisorView;
  /** The cursor is too old or of another server: take a new snapshot. */
  resync: Record<string, never>;
}

/** Body of `POST /api/permissions/:request_id`. */
export interface PermissionBody {
  decision: 'allow' | 'deny';
  /** Of the request as it was shown. */
  input_sha256: string;
  remember?: boolean;
  /** For a denial. */
  reason?: string;
  /** For AskUserQuestion. */
  answers?: Record<string, unknown>;
}

/** Body of `POST /api/workers/:id/resume`; that of `…/stop` is `{}`. */
export interface ResumeBody {
  prompt: string;
}

/** Every refusal, with its HTTP status: one sentence that says what to do. */
export interface ErrorResponse {
  error: string;
}

/** Answer to `GET /api/charts`: the statecharts, drawn when the project was built. */
export interface ChartsResponse {
  worker: ChartView;
  supervisor: ChartView;
}

/**
 * A drawn statechart. In its SVG each state is a `<g data-state="spawning.queued">` with an empty
 * `<text class="count">` and `<text class="countdown">`, and each arrow a `<g data-edge>` with the ids
 * of all its edges, parted by spaces.
 */
export interface ChartView {
  svg: string;
  states: { state: string; description: string }[];
  edges: ChartEdge[];
}

/** One arrow: the state it leaves, the event that takes it, and the state it leads to. */
export interface ChartEdge {
  id: string;
  source: string;
  event: string;
  /** The guard's name, where there is one. */
  guard?: string;
  /** As `edges` of a journal record name it, without the machine's id; the source itself for a step inside. */
  target: string;
}

/** What a self-contained page carries: one run, without a server. */
export interface RunFile {
  snapshot: PageSnapshot;
  records: Record<string, Step[]>;
  transcripts: Record<string, TranscriptMessage[]>;
  charts: ChartsResponse;
}
