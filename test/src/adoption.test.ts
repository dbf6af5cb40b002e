import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../machines/worker.ts';
import { readJournal } from '../../src/store/journal.ts';
import { workerPaths } from '../../src/store/paths.ts';
import { workerId } from './fixtures.ts';
import { createRecorded } from './inspect/actor.ts';
import { type Stage, setStage } from './stage.ts';

/** No kernel gives out process ids from here on. */
const gone = { pid: 2 ** 22 + 1, start_time: '1' };

const started: WorkerEvent[] = [
  { type: 'PROCESS_STARTED', ...gone },
  { type: 'INITIALIZED', agents: [] },
  { type: 'PROMPT_ACCEPTED', prompt_id: 'p1' },
];
const settled: WorkerEvent[] = [
  ...started,
  { type: 'EXITED', reason: 'crashed', hint: 'It fell.', returncode: 1 },
  { type: 'SAVED', turn: 1, sha256: '0' },
];
const delivered: WorkerEvent[] = [...settled, { type: 'DELIVERED' }];

/** Leaves a worker behind whose server is gone, as it was after these events. */
async function leave(
  stage: Stage,
  number: number,
  events: WorkerEvent[],
  birth = 1,
): Promise<string> {
  const id = workerId(1_000 + number);
  const { records, send } = createRecorded({ slots: events.length === 0 ? 0 : 1 });
  send(...events);
  const lines = records.map((record) => `${JSON.stringify({ ...record, t: record.t + birth })}\n`);
  const { folder, journal, lease } = workerPaths(stage.config.logsDir, id);
  await mkdir(folder, { recursive: true });
  await writeFile(journal, lines.join('').replaceAll(workerId(), id));
  await writeFile(lease, JSON.stringify({ ...gone, since: 1 }));
  return id;
}

/** Any order but that of their numbers. */
const shuffled = Array.from({ length: 50 }, (_, index) => (index * 17) % 50);

describe('the first call of a server', () => {
  it('takes workers over in the order of their birth, those with a slot before those that wait', async () => {
    const stage = await setStage({ maxWorkers: 2 });
    const waiting: string[] = [];
    for (const birth of shuffled) {
      const id = await leave(stage, birth, [], 1 + birth);
      waiting[birth] = id;
    }
    const busy = await leave(stage, 99, [...started, { type: 'STOP' }], 500);

    const adopted: string[] = [];
    stage.manager.fleet.onRecord(({ event, worker }) => {
      if (event.type === 'ADOPT') adopted.push(worker);
    });
    await stage.manager.list();
    expect(adopted).toEqual([busy, ...waiting]);
    const { queue } = stage.manager.fleet.supervisor.getSnapshot().context;
    expect(queue).toEqual(waiting.slice(-queue.length));
  });

  it('makes each of many workers its own, and gives up those that are done with', async () => {
    const stage = await setStage();
    const kept: string[] = [];
    const done: string[] = [];
    for (const number of shuffled) {
      const isDone = number % 2 === 0;
      const id = await leave(stage, number, isDone ? delivered : settled);
      (isDone ? done : kept).push(id);
    }
    const { workers } = await stage.manager.list();
    expect(workers.map(({ worker_id }) => worker_id).sort()).toEqual(kept.sort());
    for (const id of kept) {
      const { lease } = workerPaths(stage.config.logsDir, id);
      expect(JSON.parse(await readFile(lease, 'utf8'))).toMatchObject({ pid: process.pid });
      expect((await readdir(dirname(lease))).sort()).toEqual([
        ...['journal.ndjson', 'lease.json', 'lease.json.1'],
      ]);
    }
    for (const id of done) {
      const { folder } = workerPaths(stage.config.logsDir, id);
      expect(await readdir(folder)).toEqual(['journal.ndjson']);
    }
    expect((await stage.wait()).failed.map(({ worker_id }) => worker_id).sort()).toEqual(kept);
  });

  it('goes on with a journal whose last line is torn where its last whole line is', async () => {
    const stage = await setStage();
    const id = await leave(stage, 1, settled);
    const { journal } = workerPaths(stage.config.logsDir, id);
    const before = await readJournal(journal);
    await writeFile(journal, `${await readFile(journal, 'utf8')}{"v":1,"seq":`);
    await stage.manager.list();
    const after = await readJournal(journal);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length)).toMatchObject([
      { seq: before.length + 1, event: { type: 'ADOPT' } },
    ]);
  });

  it('names each worker that cannot be read, and takes the others', async () => {
    const stage = await setStage();
    const good: string[] = [];
    const bad: string[] = [];
    for (const number of shuffled) {
      const id = await leave(stage, number, settled);
      if (number % 3 > 0) good.push(id);
      else bad.push(id);
    }
    for (const id of bad) {
      const { journal } = workerPaths(stage.config.logsDir, id);
      await writeFile(journal, `${await readFile(journal, 'utf8')}nonsense\n`);
    }
    const { workers, note = '' } = await stage.manager.list();
    expect(workers.map(({ worker_id }) => worker_id).sort()).toEqual(good.sort());
    for (const id of bad) expect(note).toContain(`Worker ${id} was not taken over: Line `);
    expect(stage.warnings).toHaveLength(bad.length);
  });
});
