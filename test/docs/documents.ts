import { readFileSync } from 'node:fs';

/** The documents of the project, by path. */
export const documents = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'docs/architecture.md',
  'docs/page-security.md',
  'docs/performance.md',
  'docs/reliability.md',
] as const;

export const textOf = (path: string): string => readFileSync(path, 'utf8');

/** The part of a document under a heading, up to the next heading of the same or a higher level. */
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

/** The contents of the fenced blocks of one language in a text. */
export function blocks(text: string, language: string): string[] {
  const fences = text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'));
  return Array.from(fences, ([, content = '']) => content);
}

/** What stands between the marker comments of a name. */
export function marked(path: string, name: string): string {
  const [, content] =
    textOf(path).match(new RegExp(`<!-- begin ${name} -->\n(.*?)<!-- end ${name} -->`, 's')) ?? [];
  if (content === undefined) throw new Error(`${path} has no markers for ${name}.`);
  return content;
}

/** A call of a tool as the README writes it: its name and its arguments as JSON, on one line. */
export interface WrittenCall {
  tool: string;
  args: unknown;
}

/** The calls in the text blocks of the README. */
export function writtenCalls(): WrittenCall[] {
  const lines = blocks(textOf('README.md'), 'text').flatMap((block) => block.split('\n'));
  return lines.flatMap((line) => {
    const [, tool, json] = /^([a-z]+(?:_[a-z]+)*) (\{.*\})$/.exec(line) ?? [];
    return tool === undefined || json === undefined ? [] : [{ tool, args: JSON.parse(json) }];
  });
}
