import { expect, it } from 'vitest';
import { type Answer, type Session, scripted, setStage } from './harness.ts';

/** A wait under way: its answer, what resolves once the server has begun it, and what ends it. */
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

it('a worker that finished before wait was called is still delivered, and only once', async () => {
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
  // Asking for it by name is no way to get it twice either.
  const again = await session.call('wait', { worker_ids: [id] });
  expect(again).toMatchObject({ completed: [], failed: [] });
});

it('two waits at once never both deliver the same worker', async () => {
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

it('a cancelled wait touches no worker, and the next wait delivers it', async () => {
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
