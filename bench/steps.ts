import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type JournalRecord, readJournal } from '../src/journal/journal.ts';
import { spreadOf } from './harness.ts';
import type { Row } from './measurement.ts';

/** The steps of a turn in the manager, from one event to the next. */
const steps = [
  { what: 'of it: slot given until claude is started', from: 'SLOT', to: 'PROCESS_STARTED' },
  {
    what: 'of it: claude is ready until it has the prompt',
    from: 'INITIALIZED',
    to: 'PROMPT_ACCEPTED',
  },
  { what: 'of it: result seen until the file is saved', from: 'RESULT_SEEN', to: 'SAVED' },
];

/** Returns the times of each step for the workers of a state folder, from their journals. */
export async function stepRows(stateDir: string): Promise<Row[]> {
  const entries = await readdir(stateDir, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  const journals = await Promise.all(
    folders.map(({ name }) => readJournal(join(stateDir, name, 'journal.ndjson'))),
  );
  return steps.map(({ what, from, to }) => ({
    what,
    unit: 'ms',
    spread: spreadOf(journals.flatMap((records) => timeBetween(records, from, to))),
    digits: 0,
  }));
}

function timeBetween(records: JournalRecord[], from: string, to: string): number[] {
  const start = records.find(({ event }) => event.type === from);
  const end = records.find(({ event }) => event.type === to);
  return start && end ? [end.t - start.t] : [];
}
