import { visible } from '../claude/message.ts';
import type { Row } from './rows.ts';

/** The workers as a table of plain text, no line longer than `width`. */
export function tableOf(rows: Row[], now: number, width: number): string[] {
  const cells = rows.map(({ worker_id, state, since, cost_usd, description, last_line }) => [
    worker_id.slice(0, 8),
    state,
    ageOf(now - since),
    `$${cost_usd.toFixed(2)}`,
    visible(description),
    visible(last_line),
  ]);
  const table = [['worker', 'state', 'for', 'cost', 'description', 'last line'], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.min(30, Math.max(...table.map((row) => row[column]?.length ?? 0))),
  );
  return table.map((row) => {
    const line = row.map((cell, column) => cell.slice(0, 30 + 200 * (column === 5 ? 1 : 0)));
    const padded = line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    return padded.trimEnd().slice(0, width);
  });
}

/** A duration in its largest unit: `7s`, `12m`, `3h`, `2d`. */
export function ageOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
