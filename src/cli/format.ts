/** A column: its title, and which way its cells lean. */
export interface Column {
  title: string;
  align?: 'right';
}

/** The lines of a table with two spaces between columns: the titles, then the rows. */
export function formatTable(columns: readonly Column[], rows: readonly string[][]): string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => {
        const [cell = '', width = 0] = [cells[index], widths[index]];
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}

/** An amount such as `$0.07`. */
export const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

/** A time between two moments, such as `12 s`, `3 min` or `2 h`. */
export function age(since: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** A moment by this machine's clock, such as `2026-01-31 09:05:00`. */
export const moment = (t: number): string => new Date(t).toLocaleString('sv-SE');

/** A text in at most so many characters, cut at its end. */
export const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, Math.max(0, length - 1))}…` : text;
