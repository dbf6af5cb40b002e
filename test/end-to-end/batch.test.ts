import { expect, it } from 'vitest';
import { type Answer, bash, scripted, setStage } from './harness.ts';

const numbers = [1, 2, 3, 4, 5];

it('five workers run at the same time, and one wait returns them all', async () => {
  const stage = await setStage();
  const session = await stage.connect({ args: ['--max-workers', '5'] });
  const spawn = (n: number) => session.spawn(scripted(bash(`touch ${n}`), { text: `Answer ${n}` }));
  const ids = await Promise.all(numbers.map(spawn));
  for (const id of ids) await stage.journaled(id, 'PERMISSION_ASKED');

  // At this moment all five are in the middle of their turn.
  const { workers } = await session.call('list_workers', { status: 'awaiting_permission' });
  expect(new Set(workers.map(({ worker_id }: Answer) => worker_id))).toEqual(new Set(ids));

  const { pending_permissions } = await session.call('wait');
  expect(pending_permissions).toHaveLength(5);
  for (const { request_id } of pending_permissions) {
    await session.call('approve_permission', { request_id, allow: true });
  }
  const answer = await session.call('wait');
  const { completed, failed } = answer;
  expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(5 * 400);
  expect(failed).toEqual([]);
  expect(new Set(completed.map(({ worker_id }: Answer) => worker_id))).toEqual(new Set(ids));
  const histories = await Promise.all(ids.map((id) => stage.history(id)));
  expect(histories.map(({ result }) => result)).toEqual(numbers.map((n) => `Answer ${n}`));
  expect(new Set(histories.map(({ session_id }) => session_id)).size).toBe(5);
});
