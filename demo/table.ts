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

/** A whole number with thousands separated, such as `12,345`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** How much less `part` is than `whole`, such as `99.1 %`; never rounded up. */
export function formatSaved(part: number, whole: number): string {
  return `${(Math.floor((1 - part / whole) * 1000) / 10).toFixed(1)} %`;
}
