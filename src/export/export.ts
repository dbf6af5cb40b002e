import { ManagerError, nearest } from '../errors.ts';
import { hideKeys } from '../projection/redact.ts';
import type { PageSource } from '../projection/source.ts';
import { beginningOf } from '../text/cut.ts';
import { htmlOf } from './html.ts';
import type { Exported, ExportInput } from './input.ts';
import { jsonOf } from './json.ts';
import { mermaidOf } from './mermaid.ts';
import { statelyOf } from './stately.ts';
import { svgOf } from './svg.ts';

/** A format: the ending and the type of its files, and the function that makes them. */
interface Format {
  ending: string;
  type: string;
  make(input: ExportInput): Promise<string>;
}

const formats: Record<string, Format> = {
  mermaid: { ending: 'md', type: 'text/markdown; charset=utf-8', make: mermaidOf },
  svg: { ending: 'svg', type: 'image/svg+xml', make: svgOf },
  json: { ending: 'json', type: 'application/json; charset=utf-8', make: jsonOf },
  stately: { ending: 'stately.json', type: 'application/json; charset=utf-8', make: statelyOf },
  html: { ending: 'html', type: 'text/html; charset=utf-8', make: htmlOf },
};

/** The names of the formats. */
export const formatNames = Object.keys(formats);

/** Means all workers, in place of an id. */
export const everyWorker = 'all';

export type ExportDeps = Pick<ExportInput, 'charts' | 'webDir' | 'now'>;

/**
 * Exports a worker's run in a format, with known forms of keys hidden.
 * @throws ManagerError for an unknown worker or format, or when the page was not built.
 */
export async function exportRun(
  deps: ExportDeps,
  given: PageSource,
  id: string,
  name: string,
): Promise<Exported> {
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (!format) throw unknownFormat(name);
  if (id === everyWorker && name !== 'html') {
    throw new ManagerError('invalid_input', `Only html holds every worker; for ${name}, name one.`);
  }
  const source = withoutKeys(given);
  const { workers } = await source.snapshot();
  const [first, ...others] = workers.filter((one) => id === everyWorker || one.worker_id === id);
  if (!first) {
    throw new ManagerError(
      'unknown_worker',
      `No worker ${JSON.stringify(beginningOf(id, 80))} is here.`,
    );
  }
  const body = await format.make({ ...deps, source, workers: [first, ...others] });
  const file = id === everyWorker ? 'workers' : `worker-${id}`;
  return { type: format.type, name: `${file}.${format.ending}`, body };
}

/** Returns a source without known forms of keys. Transcripts never have them. */
function withoutKeys(source: PageSource): PageSource {
  return {
    title: source.title,
    snapshot: async () => hideKeys(await source.snapshot()),
    records: async (worker_id) => hideKeys(await source.records(worker_id)),
    transcript: (worker_id, from) => source.transcript(worker_id, from),
  };
}

function unknownFormat(name: string): ManagerError {
  const near = nearest(name, formatNames);
  const advice = near ? `did you mean ${near}?` : `the formats are ${formatNames.join(', ')}.`;
  return new ManagerError(
    'invalid_input',
    `There is no format ${JSON.stringify(beginningOf(name, 40))}; ${advice}`,
  );
}
