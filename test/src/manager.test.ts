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

it.each(['__proto__', 'constructor', 'toString'])('%s is the name of no worker', async (name) => {
  const { manager, wait } = await setStage();
  const refusal = /Expected a worker id/;
  await expect(manager.resume(name, 'Go on.')).rejects.toThrow(refusal);
  await expect(manager.stop([name])).rejects.toThrow(refusal);
  await expect(wait({ worker_ids: [name] })).rejects.toThrow(refusal);
});
