import { readFile, writeFile } from 'node:fs/promises';
import { markdownTable, withMarked } from '../scripts/markdown.ts';
import type { Machine } from './machine.ts';
import { type Goal, isMet, type Report } from './measurement.ts';
import { show } from './print.ts';

/** The results of one complete run, as in `bench/results.json`. */
export interface Results {
  machine: Machine;
  reports: Record<string, Report>;
}

/** The parts of documents that show a run, by document and marker name. */
export const quotes: { path: string; name: string; text(results: Results): string }[] = [
  { path: 'docs/performance.md', name: 'headline', text: headline },
  { path: 'docs/performance.md', name: 'figures', text: table },
];

/** Writes the figures of a run into the documents. */
export async function quoteIn(results: Results): Promise<void> {
  for (const { path, name, text } of quotes) {
    const url = new URL(`../${path}`, import.meta.url);
    const document = await readFile(url, 'utf8');
    await writeFile(url, withMarked(document, name, text(results)));
  }
}

/** The three most important figures for a user. */
function headline({ reports }: Results): string {
  const [hit, , kept] = reports['first-request']?.goals ?? [];
  const [time, memory] = reports.burst?.goals ?? [];
  const part = (goal: Goal | undefined) => `**${goal ? show(goal.found) : '?'} ×**`;
  return `- A worker, from \`spawn_worker\` to its first request to the API, when a process waited for it: ${part(hit)} the time of a bare \`claude -p\`.
- A follow-up, from \`resume_worker\` to its first request: ${part(kept)} the time of \`claude -p --resume\`.
- Twenty workers at once, to the last result: ${part(time)} the time and ${part(memory)} the memory of 20 \`claude -p\` at once.
`;
}

/** All goals of all measurements. */
function table({ machine, reports }: Results): string {
  const goals = Object.values(reports).flatMap((report) => report.goals);
  const rows = goals.map((goal) => {
    const { what, against, found, unit, atMost } = goal;
    const verdict = isMet(goal) ? 'met' : '**missed**';
    return [what, against, `${show(found)} ${unit}`, `≤ ${show(atMost)}`, verdict];
  });
  const { processor, cores, memory_gib, system, node, claude, date, load } = machine;
  return `${processor}, ${cores} cores, ${memory_gib} GiB, ${system}, Node ${node}, \`claude\` ${claude}, ${date.slice(0, 10)}; load at the start ${load}.

${markdownTable(['What', 'Against', 'Found', 'Goal', 'Verdict'], rows)}
`;
}
