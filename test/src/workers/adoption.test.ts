import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { workerPaths } from '../../../src/files/paths.ts';
import { readJournal } from '../../../src/journal/journal.ts';
import { startTimeOf } from '../../../src/processes/identity.ts';
import { delivered, leave, settled, startedAs } from '../leave.ts';
import { setStage } from '../stage.ts';

/** The numbers in another order. */
const shuffled = Array.from({ length: 50 }, (_, index) => (index * 17) % 50);

describe('the first call of a server', () => {
  it('adopts workers in the order of their spawns, workers with a slot before queued workers', async () => {
    const stage = await setStage({ maxWorkers: 1 });
    const waiting: string[] = [];
    for (const number of shuffled) {
      waiting[number] = await leave(stage.config, number, [], 1 + number);
    }
    // The first process of the system always exists, and no signal is ever sent to it.
    const process = { pid: 1, start_time: (await startTimeOf(1)) ?? '' };
    const busy = await leave(stage.config, 99, startedAs(process), 500);

    const adopted: string[] = [];
    stage.manager.workers.onRecord(({ event, worker }) => {
      if (event.type === 'ADOPT') adopted.push(worker);
    });
    await stage.manager.list();
    expect(adopted).toEqual([busy, ...waiting]);
    const { queue } = stage.manager.workers.supervisor.getSnapshot().context;
    expect(queue).toEqual(waiting);
  });

  it('takes the lease on each of many workers, and drops it for workers that are done with', async () => {
    const stage = await setStage();
    const kept: string[] = [];
    const done: string[] = [];
    for (const number of shuffled) {
      const isDone = number % 2 === 0;
      const id = await leave(stage.config, number, isDone ? delivered : settled);
      (isDone ? done : kept).push(id);
    }
    const { workers } = await stage.manager.list();
    expect(workers.map(({ worker_id }) => worker_id).sort()).toEqual(kept.sort());
    for (const id of kept) {
      const { lease } = workerPaths(stage.config, id);
      expect(JSON.parse(await readFile(lease, 'utf8'))).toMatchObject({ pid: process.pid });
      expect((await readdir(dirname(lease))).sort()).toEqual([
        ...['journal.ndjson', 'lease.json', 'lease.json.1'],
      ]);
    }
    for (const id of done) {
      const { folder } = workerPaths(stage.config, id);
      expect(await readdir(folder)).toEqual(['journal.ndjson']);
    }
    expect((await stage.wait()).failed.map(({ worker_id }) => worker_id).sort()).toEqual(kept);
  });

  it('continues a journal with a torn last line after its last whole line', async () => {
    const stage = await setStage();
    const id = await leave(stage.config, 1, settled);
    const { journal } = workerPaths(stage.config, id);
    const before = await readJournal(journal);
    await writeFile(journal, `${await readFile(journal, 'utf8')}{"v":1,"seq":`);
    await stage.manager.list();
    const after = await readJournal(journal);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length)).toMatchObject([
      { seq: before.length + 1, event: { type: 'ADOPT' } },
    ]);
  });

  it('names each worker that cannot be read, and adopts the others', async () => {
    const stage = await setStage();
    const good: string[] = [];
    const bad: string[] = [];
    for (const number of shuffled) {
      const id = await leave(stage.config, number, settled);
      if (number % 3 > 0) good.push(id);
      else bad.push(id);
    }
    for (const id of bad) {
      const { journal } = workerPaths(stage.config, id);
      await writeFile(journal, `${await readFile(journal, 'utf8')}nonsense\n`);
    }
    const { workers, note = '' } = await stage.manager.list();
    expect(workers.map(({ worker_id }) => worker_id).sort()).toEqual(good.sort());
    for (const id of bad) expect(note).toContain(`Worker ${id} was not taken over: Line `);
    expect(stage.warnings).toHaveLength(bad.length);
  });

  it.each([
    ['lacks a record', (lines: string[]) => lines.toSpliced(2, 1)],
    ['has a record twice', (lines: string[]) => lines.toSpliced(2, 0, lines[2] ?? '')],
    [
      'names another state',
      (lines: string[]) => lines.map((line) => line.replace('"to":"running"', '"to":"failed"')),
    ],
  ])('reports once a worker whose journal %s, and gives it no state', async (_, damage) => {
    const stage = await setStage();
    const id = await leave(stage.config, 1, settled);
    const { journal } = workerPaths(stage.config, id);
    const lines = (await readFile(journal, 'utf8')).split('\n');
    await writeFile(journal, damage(lines).join('\n'));
    const request = { signal: new AbortController().signal, onProgress() {} };
    const [first, second] = [await stage.manager.wait(request), await stage.manager.wait(request)];
    expect(first.result.note).toContain(`Worker ${id} was not taken over: `);
    expect(second.result.note ?? '').not.toContain(id);
    const { workers, note } = await stage.manager.list();
    expect(workers).toEqual([]);
    expect(note).toContain('so the state of the worker is not known');
    await expect(stage.manager.stop([id])).rejects.toMatchObject({ code: 'storage' });
  });
});
