import type { ExportInput } from './input.ts';

/** The worker as it is at the end, and every step that led there: the journal's own records. */
export async function jsonOf({ source, workers: [worker] }: ExportInput): Promise<string> {
  const { steps } = await source.records(worker.worker_id);
  return `${JSON.stringify({ version: 1, worker, steps }, null, 2)}\n`;
}
