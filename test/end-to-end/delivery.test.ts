import { expect, it } from 'vitest';
import { type Answer, type Session, scripted, setStage } from './harness.ts';

/** A running call of `wait`: its answer, a promise that resolves when it began, and its cancellation. */
function startWait(session: Session, args?: Record<string, unknown>) {
  const controller = new AbortController();
  const { signal } = controller;
  let answer: Promise<Answer> = Promise.resolve();
  const begun = new Promise<unknown>((onprogress) => {
    answer = session.call('wait', args, { signal, onprogress });
  });
  return { answer, begun, cancel: () => controller.abort('Not needed any more.') };
}

const idsOf = (rows: Answer[]) => rows.map(({ worker_id }) => worker_id);

it('wait delivers a worker that settled before the call, and delivers it once', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted({ text: 'Quick.' }));
  await stage.journaled(id, 'SAVED');
  expect(idsOf((await session.call('wait')).completed)).toEqual([id]);
  expect(await session.call('wait')).toEqual({
    completed: [],
    failed: [],
    pending_permissions: [],
    note: expect.stringContaining('Nothing to wait for'),
  });
  // A wait that names the worker does not deliver it again either.
  const again = await session.call('wait', { worker_ids: [id] });
  expect(again).toMatchObject({ completed: [], failed: [] });
});

it('of two waits at the same time only one delivers a worker', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const ids = [
    await session.spawn(scripted({ text: 'One.', delay_ms: 1000 })),
    await session.spawn(scripted({ text: 'Two.', delay_ms: 1000 })),
  ];
  const waits = [startWait(session), startWait(session), startWait(session, { worker_ids: ids })];
  for (const { begun } of waits) await begun;
  const answers = await Promise.all(waits.map(({ answer }) => answer));
  const delivered = answers.flatMap(({ completed }) => idsOf(completed));
  expect(delivered.toSorted()).toEqual(ids.toSorted());
});

it('a cancelled wait changes no worker, and the next wait delivers it', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted({ text: 'Slow.', delay_ms: 1000 }));
  const wait = startWait(session);
  await wait.begun;
  wait.cancel();
  await expect(wait.answer).rejects.toThrow('Not needed any more.');
  await stage.journaled(id, 'SAVED');
  expect(idsOf((await session.call('wait')).completed)).toEqual([id]);
  expect(await stage.history(id)).toMatchObject({ status: 'completed', result: 'Slow.' });
  expect(stage.api.requests.map(({ aborted }) => aborted)).toEqual([false]);
});
