import { readdirSync, readFileSync } from 'node:fs';

/** The documents of the project, by path. */
export const documents: string[] = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The documents that are about the product as it is, and not about its history or its making. */
export const manual: string[] = documents.filter(
  (path) => path !== 'CHANGELOG.md' && path !== 'CONTRIBUTING.md',
);

export const textOf = (path: string): string => readFileSync(path, 'utf8');

/** Reads the part of a document under a heading, up to the next heading of its level or above. */
export function section(path: string, heading: string): string {
  const level = heading.indexOf(' ');
  const [, rest] = textOf(path).split(`\n${heading}\n`);
  if (rest === undefined) throw new Error(`${path} has no heading "${heading}".`);
  let isCode = false;
  const lines: string[] = [];
  for (const line of rest.split('\n')) {
    if (line.startsWith('```')) isCode = !isCode;
    if (!isCode && /^#+ /.test(line) && line.indexOf(' ') <= level) break;
    lines.push(line);
  }
  return lines.join('\n');
}

/** Returns the contents of the fenced blocks of one language in a text. */
export function blocks(text: string, language: string): string[] {
  const fences = text.matchAll(new RegExp(`^ *\`\`\`${language}\\n(.*?)^ *\`\`\`$`, 'gms'));
  return Array.from(fences, ([, content = '']) => content);
}

/** Reads what stands between the marker comments of a name. */
export function marked(path: string, name: string): string {
  const [, content] =
    textOf(path).match(new RegExp(`<!-- begin ${name} -->\n(.*?)<!-- end ${name} -->`, 's')) ?? [];
  if (content === undefined) throw new Error(`${path} has no markers for ${name}.`);
  return content;
}

/** Returns the cells of each row of the tables in a text, without titles and rules. */
export function rowsOf(text: string): string[][] {
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  const cells = rows.map((line) =>
    line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim()),
  );
  const isRule = (row: string[] | undefined) => row?.every((cell) => /^-+$/.test(cell)) ?? false;
  return cells.filter((row, index) => !isRule(row) && !isRule(cells[index + 1]));
}

/** Returns a text without its fenced blocks. */
export const withoutBlocks = (text: string): string => text.replace(/^ *```.*?^ *```$/gms, '');

/** Returns the pieces of code inside the sentences of a text. */
export const codeIn = (text: string): string[] =>
  Array.from(withoutBlocks(text).matchAll(/`([^`]+)`/g), ([, code = '']) => code);

/** Returns the code in the first cell of each row of the tables in a text. */
export const firstCells = (text: string): string[] =>
  rowsOf(text).flatMap(([first = '']) => codeIn(first));

/** A call of a tool as a document writes it: its name and its arguments as JSON, on one line. */
export interface WrittenCall {
  tool: string;
  args: unknown;
}

/** Returns the calls in the text blocks of all documents. */
export function writtenCalls(): WrittenCall[] {
  const lines = documents
    .flatMap((path) => blocks(textOf(path), 'text'))
    .flatMap((block) => block.split('\n'));
  return lines.flatMap((line) => {
    const [, tool, json] = /^([a-z]+(?:_[a-z]+)*) (\{.*\})$/.exec(line) ?? [];
    return tool === undefined || json === undefined ? [] : [{ tool, args: JSON.parse(json) }];
  });
}
