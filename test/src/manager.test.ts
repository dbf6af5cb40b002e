import { expect, it } from 'vitest';
import { setStage } from './stage.ts';

it('a worker whose actor breaks goes on from its journal, and is delivered', async () => {
  const { manager, spawn, until, wait, launched, warnings } = await setStage();
  const [id, other] = [await spawn({ hang: true }), await spawn({ hang: true })];
  for (const worker_id of [id, other]) await until(worker_id, 'running');
  const before = manager.fleet.worker(id);

  // No such event exists: reading its result throws inside the machine.
  before?.send({ type: 'RESULT_SEEN' } as never);
  expect(before?.getSnapshot().status).toBe('error');
  await until(id, 'running');
  expect(manager.fleet.worker(id)).not.toBe(before);
  expect(warnings).toContain(`The actor of worker ${id} broke; it goes on from its journal.`);

  for (const inside of launched) inside.leave({ code: 1, signal: null });
  const { failed } = await wait();
  expect(failed.map(({ worker_id }) => worker_id).toSorted()).toEqual([id, other].toSorted());
});

it('a server that is ending takes in no worker, and says what to do', async () => {
  const { manager, spawn } = await setStage();
  await spawn({ say: 'Done.' });
  await manager.close('finish');
  await expect(spawn({ say: 'Too late.' })).rejects.toThrow(
    'This server is ending, so it takes in no worker; call again when a new one runs, nothing is lost.',
  );
});
