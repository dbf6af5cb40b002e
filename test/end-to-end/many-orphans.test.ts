import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { workerPaths } from '../../src/files/paths.ts';
import { delivered, leave, settled } from '../src/leave.ts';
import { foldersOf, setStage } from './harness.ts';

it('a server that finds many orphaned workers adopts each once, and names the workers that it cannot adopt', async () => {
  const stage = await setStage();
  const kept: string[] = [];
  const bad: string[] = [];
  for (let number = 0; number < 150; number += 1) {
    const id = await leave(foldersOf(stage), number, number % 2 === 0 ? settled : delivered);
    if (number % 10 === 5) bad.push(id);
    else if (number % 2 === 0) kept.push(id);
  }
  for (const id of bad) {
    const { journal } = workerPaths(foldersOf(stage), id);
    await writeFile(journal, (await readFile(journal, 'utf8')).replace('"v":1', '"v":2'));
  }

  const session = await stage.connect();
  const { failed, note } = await session.call('wait');
  expect(failed.map((row: { worker_id: string }) => row.worker_id).sort()).toEqual(kept);
  for (const id of bad) expect(note).toContain(`Worker ${id} was not taken over: Line 1 of `);
  for (const id of kept) {
    const events = (await stage.journal(id)).map(({ event }) => event.type);
    expect(events.filter((type) => type === 'ADOPT')).toHaveLength(1);
  }
  await session.close();
});
