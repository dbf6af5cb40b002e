import { type Column, formatTable } from '../src/cli/format.ts';
import type { Machine } from './machine.ts';
import { type Goal, isMet, type Report, type Row } from './measurement.ts';

const columns: Column[] = [
  { title: '' },
  { title: 'median', align: 'right' },
  { title: 'min', align: 'right' },
  { title: 'max', align: 'right' },
  { title: 'p95', align: 'right' },
  { title: 'unit' },
  { title: 'runs', align: 'right' },
];

/** Formats a report. */
export function formatReport({ title, rows, goals, notes }: Report): string {
  return [
    title,
    '',
    ...formatTable(columns, rows.map(rowOf)),
    '',
    ...goals.map(goalOf),
    ...notes,
  ].join('\n');
}

/** Formats the machine, with a warning when it was busy. */
export function formatMachine(machine: Machine): string {
  const { processor, cores, memory_gib, system, node, claude, load, date } = machine;
  const lines = [
    `${processor}, ${cores} cores, ${memory_gib} GiB, ${system}`,
    `Node ${node}, claude ${claude}, ${date}`,
  ];
  if (load > cores / 2) lines.push(`The machine was busy: ${load} processes on ${cores} cores.`);
  return lines.join('\n');
}

/** With fewer runs the 95th percentile is the maximum. */
const enoughForP95 = 20;

function rowOf({ what, unit, spread, digits = 1 }: Row): string[] {
  const inDigits = (value: number) =>
    value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const { median, min, max, p95, runs } = spread;
  const edge = runs < enoughForP95 ? '' : inDigits(p95);
  return [what, inDigits(median), inDigits(min), inDigits(max), edge, unit, String(runs)];
}

/** Formats a figure with three digits. */
export const show = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: 3 });

const goalOf = (goal: Goal): string => {
  const { what, against, found, unit, atMost } = goal;
  const verdict = isMet(goal) ? 'met   ' : 'missed';
  return `${verdict}  ${what}, beside ${against}: ${show(found)} ${unit}, at most ${show(atMost)}`;
};

const goalColumns: Column[] = [
  { title: 'what' },
  { title: 'against' },
  { title: 'found', align: 'right' },
  { title: 'goal', align: 'right' },
  { title: '' },
];

/** Formats all goals of a run, one per line. */
export function formatTableOfGoals(goals: Goal[]): string {
  const rows = goals.map((goal) => [
    ...[goal.what, goal.against, `${show(goal.found)} ${goal.unit}`],
    ...[`≤ ${show(goal.atMost)}`, isMet(goal) ? 'met' : 'missed'],
  ]);
  return formatTable(goalColumns, rows).join('\n');
}
