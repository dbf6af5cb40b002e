import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ManagerError } from '../errors.ts';
import { unlessMissing } from '../files/private-files.ts';
import type { RunFile, Step, TranscriptMessage } from '../projection/contract.ts';
import type { PageSource } from '../projection/source.ts';
import type { ExportInput } from './input.ts';

/** Exports the page with a run inside it, as one file that needs no server and no network. */
export async function htmlOf(input: ExportInput): Promise<string> {
  const { script, style } = await readPage(input.webDir);
  const run = JSON.stringify(await runOf(input)).replaceAll('<', '\\u003c');
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="dark light"><title>Workers</title>',
    `<link rel="icon" href="data:,"><style>${style}</style></head>`,
    `<body><div id="app"></div><script type="application/json" id="run">${run}</script>`,
    `<script type="module">${script}</script></body></html>\n`,
  ].join('\n');
}

async function runOf({ source, workers, charts, now }: ExportInput): Promise<RunFile> {
  const { lanes } = await source.snapshot();
  const ids = workers.map(({ worker_id }) => worker_id);
  const records: Record<string, Step[]> = {};
  const transcripts: Record<string, TranscriptMessage[]> = {};
  for (const id of ids) {
    records[id] = (await source.records(id)).steps;
    transcripts[id] = await wholeTranscript(source, id);
  }
  return {
    snapshot: {
      ...{ mode: 'recorded', cursor: null, now: now(), title: source.title },
      ...{ supervisor: null, workers },
      lanes: Object.fromEntries(ids.map((id) => [id, lanes[id] ?? []])),
    },
    ...{ records, transcripts, charts: await charts() },
  };
}

async function wholeTranscript(source: PageSource, id: string): Promise<TranscriptMessage[]> {
  const all: TranscriptMessage[] = [];
  for (let from = 0; ; ) {
    const { messages, next, is_end } = await source.transcript(id, from);
    all.push(...messages);
    if (is_end) return all;
    from = next;
  }
}

/** Reads the script and the style sheet of the built page. */
async function readPage(webDir: string): Promise<{ script: string; style: string }> {
  const folder = join(webDir, 'assets');
  const names = (await unlessMissing(readdir(folder))) ?? [];
  const textOf = async (ending: string) => {
    const name = names.find((one) => one.endsWith(ending));
    if (name !== undefined) return readFile(join(folder, name), 'utf8');
    const advice = 'build it with `npm run build`.';
    throw new ManagerError('storage', `The page is missing in ${webDir}; ${advice}`);
  };
  const [script, style] = await Promise.all([textOf('.js'), textOf('.css')]);
  // In HTML this text ends the element, also within a string of the script.
  return { script: script.replaceAll('</script', '<\\/script'), style };
}

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
