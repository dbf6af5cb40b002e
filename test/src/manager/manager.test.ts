import { readdir, readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { workerPaths } from '../../../src/files/paths.ts';
import { setStage } from '../stage.ts';

it('a worker whose actor breaks is restored from its journal, and is delivered', async () => {
  const { manager, spawn, until, wait, launched, warnings } = await setStage();
  const [id, other] = [await spawn({ hang: true }), await spawn({ hang: true })];
  for (const worker_id of [id, other]) await until(worker_id, 'running');
  const before = manager.workers.find(id);

  // An event without a result makes the machine throw.
  before?.send({ type: 'RESULT_SEEN' } as never);
  expect(before?.getSnapshot().status).toBe('error');
  await until(id, 'running');
  expect(manager.workers.find(id)).not.toBe(before);
  expect(warnings).toContain(
    `The actor of worker ${id} broke; the worker continues from its journal.`,
  );

  for (const inside of launched) inside.leave({ code: 1, signal: null });
  const { failed } = await wait();
  expect(failed.map(({ worker_id }) => worker_id).toSorted()).toEqual([id, other].toSorted());
});

it('a closed manager refuses every call, with a sentence', async () => {
  const { manager, spawn, until, config } = await setStage();
  const [done, asking] = [await spawn(), await spawn({ ask: [{ tool: 'Bash' }] })];
  await until(done, 'completed');
  await until(asking, 'awaiting_permission');
  const [request] = manager.workers.find(asking)?.getSnapshot().context.requests ?? [];
  await manager.close('finish');

  const sentence =
    'This server is ending and takes nothing on any more; call again when a new one runs, nothing is lost.';
  const answer = { request_id: request?.request_id ?? '', allow: true };
  await expect(spawn()).rejects.toThrow(sentence);
  await expect(manager.resume(done, 'Go on.')).rejects.toThrow(sentence);
  await expect(manager.stop([asking])).rejects.toThrow(sentence);
  await expect(manager.approve(answer, 'caller')).rejects.toThrow(sentence);
  const journal = await readFile(workerPaths(config, done).journal, 'utf8');
  expect(journal).not.toContain('RESUME');
});

it('a history file is rewritten, not kept as edited, when its server died before it recorded SAVED', async () => {
  const { manager, spawn, until, config } = await setStage();
  const id = await spawn();
  await until(id, 'completed');
  await manager.close('finish');
  const { journal } = workerPaths(config, id);
  const lines = (await readFile(journal, 'utf8')).split('\n');
  const saved = lines.findIndex((line) => line.includes('"SAVED"'));
  await writeFile(journal, `${lines.slice(0, saved).join('\n')}\n`);

  const next = await setStage({ logsDir: config.logsDir, stateDir: config.stateDir });
  expect((await next.wait()).completed).toMatchObject([{ worker_id: id }]);
  const names = await readdir(config.logsDir);
  expect(names.toSorted()).toEqual(['.gitignore', `worker-${id}.json`]);
});

it('a history file is written once when its server ended at the end of the turn', async () => {
  const { manager, spawn, config } = await setStage();
  const closed = new Promise<void>((resolve) => {
    manager.workers.onRecord(({ event }) => {
      if (event.type === 'RESULT_SEEN') resolve(manager.close('finish'));
    });
  });
  const id = await spawn();
  await closed;

  const next = await setStage({ logsDir: config.logsDir, stateDir: config.stateDir });
  expect((await next.wait()).completed).toMatchObject([{ worker_id: id }]);
  const names = await readdir(config.logsDir);
  expect(names.toSorted()).toEqual(['.gitignore', `worker-${id}.json`]);
});
