import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { workerPaths } from '../../../src/files/paths.ts';
import { openRecorded } from '../../../src/projection/recorded.ts';
import { temporaryFolder } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';
import { setStage } from '../stage.ts';

async function pastRun() {
  const stage = await setStage();
  const ids = [await stage.spawn({ say: 'One.' }), await stage.spawn({ say: 'Two.' })];
  for (const id of ids) await stage.until(id, 'completed');
  const { config } = stage;
  const warnings: string[] = [];
  const open = (path: string) =>
    openRecorded(path === config.logsDir ? config : foldersIn(path), (message) =>
      warnings.push(message),
    );
  return { ids, config, logsDir: config.logsDir, open, warnings };
}

it('a past run is read from its logs folder, without owner, cursor and supervisor', async () => {
  const { ids, logsDir, open } = await pastRun();
  const source = await open(logsDir);
  const { workers, lanes, supervisor, cursor } = await source.snapshot();
  expect(workers.map(({ worker_id, state, owner }) => [worker_id, state, owner])).toEqual(
    ids.map((id) => [id, 'completed', 'none']),
  );
  expect(Object.keys(lanes)).toEqual(ids);
  expect({ supervisor, cursor, follow: source.follow }).toEqual({
    ...{ supervisor: null, cursor: null, follow: undefined },
  });
});

it('one worker is read from its journal or its folder alone', async () => {
  const { ids, config, open } = await pastRun();
  const { journal, folder } = workerPaths(config, ids[0] ?? '');
  for (const path of [journal, folder]) {
    const source = await open(path);
    const { workers } = await source.snapshot();
    expect(workers.map(({ worker_id }) => worker_id)).toEqual([ids[0]]);
    const { steps } = await source.records(ids[0] ?? '');
    expect(steps.at(-1)?.record.seq).toBe(workers[0]?.seq);
    const { messages } = await source.transcript(ids[0] ?? '', 0);
    expect(messages.at(-1)?.message.type).toBe('assistant');
    await expect(source.records(ids[1] ?? '')).rejects.toThrow(/No worker .* is known here/);
  }
});

it('a journal without a stdout beside it has no transcript', async () => {
  const { ids, config, open } = await pastRun();
  const { journal, stdout } = workerPaths(config, ids[0] ?? '');
  await rm(stdout);
  const source = await open(journal);
  expect(await source.transcript(ids[0] ?? '', 0)).toEqual({ messages: [], next: 0, is_end: true });
});

it('a damaged journal hides its own worker only', async () => {
  const { ids, config, logsDir, open, warnings } = await pastRun();
  await writeFile(workerPaths(config, ids[0] ?? '').journal, 'nothing\n');
  const { workers } = await (await open(logsDir)).snapshot();
  expect(workers.map(({ worker_id }) => worker_id)).toEqual([ids[1]]);
  expect(warnings).toEqual([expect.stringContaining(`Worker ${ids[0]} is not shown`)]);
});

it('a path without a past run is refused', async () => {
  const { open } = await pastRun();
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'empty.ndjson'), '');
  await expect(open(join(folder, 'empty.ndjson'))).rejects.toThrow('empty.ndjson has no records.');
  await expect(open(join(folder, 'none'))).rejects.toThrow('found nothing at');
});
