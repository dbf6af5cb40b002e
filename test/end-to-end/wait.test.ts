import { expect, it } from 'vitest';
import { bash, scripted, setStage } from './harness.ts';

it('mode any returns the first settled worker, and a time-out lists the running workers', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const slow = await session.spawn(scripted({ hang: true }));
  const quick = await session.spawn(scripted({ text: 'Quick.' }));
  const first = await session.call('wait', { mode: 'any' });
  expect(first).toMatchObject({ completed: [{ worker_id: quick }], failed: [] });
  expect(first).not.toHaveProperty('running');

  await stage.journaled(slow, 'TURN_OPENED');
  expect(await session.call('wait', { timeout_seconds: 0.1 })).toEqual({
    completed: [],
    failed: [],
    pending_permissions: [],
    running: [{ worker_id: slow, state: 'running', seconds: expect.any(Number) }],
    note: expect.stringContaining('The time is up'),
  });

  await session.call('stop_worker', { worker_ids: [slow] });
  const last = await session.call('wait', { mode: 'any' });
  expect(last).toMatchObject({ completed: [], failed: [{ worker_id: slow, reason: 'stopped' }] });
});

it('a time-out delivers the workers that have settled', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const slow = await session.spawn(scripted({ hang: true }));
  const quick = await session.spawn(scripted({ text: 'Quick.' }));
  await stage.journaled(quick, 'SAVED');
  expect(await session.call('wait', { timeout_seconds: 0.1 })).toMatchObject({
    completed: [{ worker_id: quick }],
    running: [{ worker_id: slow }],
  });
});

it('a wait for some workers leaves the others and their requests to a later wait', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const other = await session.spawn(scripted({ text: 'Other.' }));
  const asking = await session.spawn(scripted(bash('touch asked'), { text: 'Done.' }));
  const wanted = await session.spawn(scripted({ text: 'Wanted.' }));
  await stage.journaled(other, 'SAVED');
  await stage.journaled(asking, 'PERMISSION_ASKED');
  expect(await session.call('wait', { worker_ids: [wanted] })).toEqual({
    completed: [expect.objectContaining({ worker_id: wanted })],
    failed: [],
    pending_permissions: [],
  });
  const { completed, pending_permissions } = await session.call('wait');
  expect(completed).toMatchObject([{ worker_id: other }]);
  expect(pending_permissions).toMatchObject([{ worker_id: asking }]);
});

it('a worker that a wait names twice is delivered once', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted({ text: 'Done.' }));
  const { completed } = await session.call('wait', { worker_ids: [id, id] });
  expect(completed).toMatchObject([{ worker_id: id }]);
});

it('a wait without any worker returns at once, without an error', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  expect(await session.call('wait')).toEqual({
    completed: [],
    failed: [],
    pending_permissions: [],
    note: expect.stringContaining('there are no workers'),
  });
});
