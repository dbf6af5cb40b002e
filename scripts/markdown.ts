/** Returns a table as the formatter of this project leaves it: columns of one width. */
export function markdownTable(titles: string[], rows: string[][]): string {
  const widths = titles.map((_, column) =>
    Math.max(...[titles, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [titles, rule, ...rows].map(line).join('\n');
}

/**
 * Returns a document with a text between the marker comments of a name.
 * @throws Error when the document has no such markers.
 */
export function withMarked(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- begin ${name} -->\n`, `<!-- end ${name} -->`];
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`No markers for ${name}.`);
  return before + begin + text + end + after;
}
