import { expect, it, onTestFinished, vi } from 'vitest';
import type { PageSnapshot, RunFile } from '../../../src/projection/contract.ts';
import { embeddedRun, embeddedSource } from '../../../web/source/embedded.ts';
import type { Connection } from '../../../web/source/source.ts';
import { usualTurn } from '../run.ts';

const run = usualTurn();
const file: RunFile = {
  snapshot: run.snapshotAfter(run.steps.length),
  records: { [run.id]: run.steps },
  transcripts: { [run.id]: [10, 20].map((offset) => ({ offset, message: { type: 'user' } })) },
  charts: {
    worker: { svg: '<svg/>', states: [], edges: [] },
    supervisor: { svg: '', states: [], edges: [] },
  },
};

it('a run in the page is shown as recorded, without a server', async () => {
  const seen: (PageSnapshot | Connection)[] = [];
  embeddedSource(file).follow(() => ({
    snapshot: (snapshot) => void seen.push(snapshot),
    connection: (connection) => void seen.push(connection),
    steps: () => {},
    supervisor: () => {},
  }));
  expect(seen).toEqual([file.snapshot, { kind: 'recorded' }]);
});

it('a run in the page has its records, its charts, and its transcript from any offset', async () => {
  const source = embeddedSource(file);
  expect(await source.records(run.id)).toEqual(run.steps);
  expect(await source.records('other')).toEqual([]);
  expect(await source.charts()).toEqual(file.charts);
  const parts = [0, 10, 20].map((from) => source.transcript(run.id, from));
  const read = (await Promise.all(parts)).map(({ messages, next, is_end }) => [
    ...[messages.map(({ offset }) => offset), next, is_end],
  ]);
  expect(read).toEqual([
    [[10, 20], 20, true],
    [[20], 20, true],
    [[], 20, true],
  ]);
});

it('a run in the page cannot be changed, and is not exported again', async () => {
  const source = embeddedSource(file);
  const changes = [
    source.answer('r1', { decision: 'allow', input_sha256: '' }),
    source.resume(run.id, 'Go on.'),
    source.stop(run.id),
  ];
  for (const change of changes) await expect(change).rejects.toThrow('a past run in a file');
  expect(source.exportRun).toBeUndefined();
});

it.each<[string, string | undefined, unknown]>([
  ['the run that the export wrote', JSON.stringify({ run: 1 }), { run: 1 }],
  ['nothing in the page of a server', undefined, undefined],
])('the page finds %s', (_, text, expected) => {
  onTestFinished(() => void vi.unstubAllGlobals());
  const getElementById = (id: string) =>
    id === 'run' && text !== undefined ? { textContent: text } : null;
  vi.stubGlobal('document', { getElementById });
  expect(embeddedRun()).toEqual(expected);
});
