import type {
  PageSnapshot,
  RecordsResponse,
  SupervisorView,
  TranscriptResponse,
} from './contract.ts';
import type { Ring } from './ring.ts';

/** What a source knows at one moment; the server adds what depends on who asks. */
export type SourceSnapshot = Omit<PageSnapshot, 'mode' | 'csrf' | 'now' | 'title'>;

/** Where the page's data come from: a living server, or the files of a past run. */
export interface PageSource {
  /** The logs folder or the journal that is shown. */
  readonly title: string;
  snapshot(): Promise<SourceSnapshot>;
  /** @throws ManagerError `unknown_worker`. */
  records(worker_id: string): Promise<RecordsResponse>;
  /** @throws ManagerError `unknown_worker`. */
  transcript(worker_id: string, from: number): Promise<TranscriptResponse>;
  /** Follows what happens from now on; absent where nothing more can happen. */
  follow?(onChange: () => void): Promise<Following>;
}

/** What a stream to one page hangs on. */
export interface Following {
  readonly ring: Ring;
  supervisor(): SupervisorView;
  stop(): void;
}
