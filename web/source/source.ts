import type {
  ChartsResponse,
  PageSnapshot,
  PermissionBody,
  Step,
  SupervisorView,
  TranscriptResponse,
} from '../../src/projection/contract.ts';

/** The connection of the page to the data that it shows. */
export type Connection =
  | { kind: 'loading' }
  | { kind: 'connected' }
  | { kind: 'recorded' }
  | { kind: 'lost'; why: string };

/** Receives what happens, in order. A snapshot replaces everything before it. */
export interface Listener {
  snapshot(snapshot: PageSnapshot): void;
  steps(steps: Step[]): void;
  supervisor(supervisor: SupervisorView): void;
  connection(connection: Connection): void;
}

/** Makes a listener that can ask its source for a new snapshot. */
export type ListenerFactory = (resync: () => void) => Listener;

/** The place from which the page has its workers: a server, or a run in the page itself. */
export interface Source {
  /** Sends a snapshot, then what follows, until the returned function is called. */
  follow(createListener: ListenerFactory): () => void;
  charts(): Promise<ChartsResponse>;
  records(worker_id: string): Promise<Step[]>;
  transcript(worker_id: string, from: number): Promise<TranscriptResponse>;
  /** These three reject with the server's sentence. */
  answer(request_id: string, body: PermissionBody): Promise<void>;
  resume(worker_id: string, prompt: string): Promise<void>;
  stop(worker_id: string): Promise<void>;
  /** Returns a run as one HTML file; absent where the page is such a file. */
  exportRun?(worker_id: string | 'all'): Promise<Blob>;
}
