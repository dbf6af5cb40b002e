import type { ExportInput } from './input.ts';

/** Exports the worker at its end and every step: the journal's own records with their changes. */
export async function jsonOf({ source, workers: [worker] }: ExportInput): Promise<string> {
  const { steps } = await source.records(worker.worker_id);
  return `${JSON.stringify({ version: 1, worker, steps }, null, 2)}\n`;
}
