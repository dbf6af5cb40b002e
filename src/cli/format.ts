import stringWidth from 'string-width';
import { beginningOf } from '../text/cut.ts';

/** A column: its title, and the side to which its cells are aligned. */
export interface Column {
  title: string;
  align?: 'right';
}

/** Returns the lines of a table with two spaces between columns: the titles, then the rows. */
export function formatTable(columns: readonly Column[], rows: readonly string[][]): string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(stringWidth(title), ...rows.map((row) => stringWidth(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => {
        const [cell = '', width = 0] = [cells[index], widths[index]];
        const space = ' '.repeat(width - stringWidth(cell));
        return align === 'right' ? `${space}${cell}` : `${cell}${space}`;
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}

/** Splits a text into characters as people count them: a letter with its marks, or a whole emoji. */
const characters = new Intl.Segmenter();

/** Returns a text in at most `width` columns. A shortened text ends with "…". */
export function cut(text: string, width: number): string {
  let used = 0;
  let end = 0;
  for (const { segment, index } of characters.segment(text)) {
    if (used < width) end = index;
    used += stringWidth(segment);
    if (used > width) return `${beginningOf(text, end)}…`;
  }
  return text;
}

/** Returns an amount such as `$0.07`. */
export const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

/** Returns the time between two moments, such as `12 s`, `3 min` or `2 h`. */
export function age(since: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** Returns a moment in the time zone of this machine, such as `2026-01-31 09:05:00`. */
export const moment = (t: number): string => new Date(t).toLocaleString('sv-SE');
