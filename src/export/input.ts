import type { ChartsAnswer, WorkerView } from '../view/contract.ts';
import type { PageSource } from '../view/source.ts';

/** What is exported from: one worker's run, or every worker's where the format has room for them. */
export interface ExportInput {
  source: PageSource;
  workers: [WorkerView, ...WorkerView[]];
  charts(): ChartsAnswer | Promise<ChartsAnswer>;
  /** The folder of the built page. */
  webDir: string;
  now(): number;
}
