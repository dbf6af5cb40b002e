import type {
  PageSnapshot,
  RecordsResponse,
  SupervisorView,
  TranscriptResponse,
} from './contract.ts';
import type { Ring } from './ring.ts';

/** The snapshot of a source; the server adds the fields that depend on the page. */
export type SourceSnapshot = Omit<PageSnapshot, 'mode' | 'now' | 'title'>;

/** The origin of the page's data: a running server, or the files of a past run. */
export interface PageSource {
  /** The path of the logs folder or of the journal. */
  readonly title: string;
  snapshot(): Promise<SourceSnapshot>;
  /** @throws ManagerError `unknown_worker`. */
  records(worker_id: string): Promise<RecordsResponse>;
  /** @throws ManagerError `unknown_worker`. */
  transcript(worker_id: string, from: number): Promise<TranscriptResponse>;
  /** Follows the workers from now on; absent for a past run. */
  follow?(onChange: () => void): Promise<Following>;
}

/** The data for a stream to one page. */
export interface Following {
  readonly ring: Ring;
  supervisor(): SupervisorView;
  stop(): void;
}
