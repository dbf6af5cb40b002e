import type { ChartsResponse, WorkerView } from '../projection/contract.ts';
import type { PageSource } from '../projection/source.ts';

/** What is exported from: one worker's run, or every worker's where the format has room for them. */
export interface ExportInput {
  source: PageSource;
  workers: [WorkerView, ...WorkerView[]];
  charts(): ChartsResponse | Promise<ChartsResponse>;
  /** The folder of the built page. */
  webDir: string;
  now(): number;
}

/** A worker's run in another format. */
export interface Exported {
  type: string;
  /** The name under which a browser saves it. */
  name: string;
  body: string;
}
