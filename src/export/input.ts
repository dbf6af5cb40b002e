import type { ChartsResponse, WorkerView } from '../projection/contract.ts';
import type { PageSource } from '../projection/source.ts';

/** The input of an export: the run of one worker, or of all workers in formats that can hold them. */
export interface ExportInput {
  source: PageSource;
  workers: [WorkerView, ...WorkerView[]];
  charts(): ChartsResponse | Promise<ChartsResponse>;
  /** The folder of the built page. */
  webDir: string;
  now(): number;
}

/** An exported run. */
export interface Exported {
  type: string;
  /** The file name that a browser suggests. */
  name: string;
  body: string;
}
