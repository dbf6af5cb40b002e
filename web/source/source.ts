import type {
  ChartsAnswer,
  PageSnapshot,
  PermissionBody,
  Step,
  SupervisorView,
  TranscriptAnswer,
} from '../../src/projection/contract.ts';

/** How the page stands to what it shows. */
export type Connection =
  | { kind: 'loading' }
  | { kind: 'live' }
  | { kind: 'still' }
  | { kind: 'lost'; why: string };

/** Told what happens, in order. After a snapshot everything before it is void. */
export interface Listener {
  snapshot(snapshot: PageSnapshot): void;
  steps(steps: Step[]): void;
  supervisor(supervisor: SupervisorView): void;
  connection(connection: Connection): void;
}

/** Where the page has its workers from. */
export interface Source {
  /** Tells a first snapshot, then what follows. Gives what ends it, and what asks for a new snapshot. */
  follow(listener: Listener): { stop(): void; resync(): void };
  charts(): Promise<ChartsAnswer>;
  records(worker_id: string): Promise<Step[]>;
  transcript(worker_id: string, from: number): Promise<TranscriptAnswer>;
  /** Each rejects with the server's sentence. */
  answer(request_id: string, body: PermissionBody): Promise<void>;
  resume(worker_id: string, prompt: string): Promise<void>;
  stop(worker_id: string): Promise<void>;
  /** Where a worker's run is as one HTML file, or that of all; absent where it is one already. */
  exportUrl?(worker_id: string | 'all'): string;
}
