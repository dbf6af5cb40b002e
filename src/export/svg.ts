import { layouts } from '../charts/charts.ts';
import { standaloneChart } from '../charts/standalone.ts';
import type { Step } from '../projection/contract.ts';
import type { ExportInput } from './input.ts';

/** Exports the worker's chart with its way: the taken arrows, and how often it entered each state. */
export async function svgOf({ source, workers: [worker] }: ExportInput): Promise<string> {
  const { steps } = await source.records(worker.worker_id);
  return standaloneChart(layouts.worker, wayOf(steps, worker.state));
}

function wayOf(steps: Step[], state: string) {
  const moves = steps.map(({ record }) => record).filter(({ from, to }) => from !== to);
  const counts = new Map<string, number>();
  for (const { to } of moves) counts.set(to, (counts.get(to) ?? 0) + 1);
  const taken = new Set(moves.map(({ from, to }) => `${from}>${to}`));
  return {
    active: state,
    isTaken: (source: string, target: string) => taken.has(`${asText(source)}>${asText(target)}`),
    countOf: (name: string) => counts.get(name) ?? 0,
  };
}

/** Returns the name that records have for a state of the chart: a worker in a turn is running. */
const asText = (state: string): string => state.replace(/^running\.turn$/, 'running');
