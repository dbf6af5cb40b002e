import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isSameState } from '../../machines/migrations.ts';
import { type Folders, workerPaths } from '../../src/files/paths.ts';
import { writeHistory } from '../../src/history/history.ts';
import { type JournalRecord, readJournal } from '../../src/journal/journal.ts';
import { readWorker } from '../../src/journal/load-worker.ts';
import { foldAll } from '../../src/projection/fold.ts';
import { foldersIn } from '../src/folders.ts';

const versions = ['0.1'];

/** Copies a recorded worker into a new logs folder. */
async function restore(recorded: string): Promise<{ folders: Folders; worker_id: string }> {
  const logs = await mkdtemp(join(tmpdir(), 'awm-golden-'));
  onTestFinished(() => rm(logs, { recursive: true, force: true }));
  const [first] = await readJournal(join(recorded, 'journal.ndjson'));
  const worker_id = first?.worker ?? '';
  const folders = foldersIn(logs);
  const paths = workerPaths(folders, worker_id);
  await cp(recorded, paths.folder, { recursive: true });
  return { folders, worker_id };
}

describe.each(versions)('a worker of version %s', async (version) => {
  const folder = join('test/golden', version);
  const names = await readdir(folder);
  const saved = names.filter((name) => existsSync(join(folder, name, 'history.json')));
  const read = (name: string, file: string) => readFile(join(folder, name, file), 'utf8');

  it.each(names)('%s replays to the recorded states and view', async (name) => {
    const records = await readJournal(join(folder, name, 'journal.ndjson'));
    const { fold } = foldAll(records, 'none');
    expect(fold?.lane.map(([, state]) => state)).toEqual(statesOf(records));
    const { state, ...view } = JSON.parse(await read(name, 'view.json'));
    expect(fold?.view).toMatchObject(view);
    expect(fold?.view.state).toSatisfy((now: string) => isSameState(state, now));
  });

  it.each(names)('%s can be adopted', async (name) => {
    const { folders, worker_id } = await restore(join(folder, name));
    const { restored } = (await readWorker(folders, worker_id)) ?? {};
    expect(restored?.context.spec.worker_id).toBe(worker_id);
  });

  it.each(saved)('%s gets the recorded history file', async (name) => {
    const { folders, worker_id } = await restore(join(folder, name));
    const paths = workerPaths(folders, worker_id);
    const lines = (await readFile(paths.journal, 'utf8')).split('\n');
    const last = lines.findLastIndex((line) => line.includes('"type":"DRAFTED"'));
    await writeFile(paths.journal, `${lines.slice(0, last).join('\n')}\n`);
    await writeHistory(paths);
    // Version 0.1 did not write where a worker ran.
    const history = (await readFile(paths.history, 'utf8')).replace(place, '');
    expect(history).toEqual(await read(name, 'history.json'));
  });
});

const place = / {2}"host": .*\n {2}"state_dir": .*\n/;

/** Returns the states of a worker in their order, from its records. */
const statesOf = (records: JournalRecord[]): string[] =>
  records.filter(({ from, to }) => from !== to).map(({ to }) => to);
