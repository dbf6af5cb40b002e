import { expect, it, vi } from 'vitest';
import { bash, type Session, scripted, setStage } from './harness.ts';

/** Starts a `wait` and collects its progress messages. */
function followWait(session: Session) {
  const messages: string[] = [];
  const numbers: number[] = [];
  const answer = session.call('wait', undefined, {
    onprogress({ progress, message = '' }) {
      numbers.push(progress);
      messages.push(message);
    },
  });
  const heard = (pattern: RegExp) =>
    vi.waitFor(() => expect(messages).toContainEqual(expect.stringMatching(pattern)), 20_000);
  return { answer, heard, numbers };
}

it('a running wait includes workers that are spawned during it, and reports their progress', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const slow = await session.spawn(scripted({ hang: true }));
  const wait = followWait(session);
  await wait.heard(/^0 of 1 done, \$0\.00$/);
  const quick = await session.spawn(scripted({ text: 'Quick.' }));
  // At most one line a second, so the line without a finished worker may be left out.
  await wait.heard(/^1 of 2 done/);
  await session.call('stop_worker', { worker_ids: [slow] });
  expect(await wait.answer).toMatchObject({
    completed: [{ worker_id: quick }],
    failed: [{ worker_id: slow, reason: 'stopped' }],
  });
  const sorted = [...new Set(wait.numbers)].toSorted((one, other) => one - other);
  expect(wait.numbers).toEqual(sorted);
});

it('a permission request ends a running wait', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  await session.spawn(scripted({ hang: true }));
  const wait = followWait(session);
  await wait.heard(/^0 of 1 done/);
  const asking = await session.spawn(scripted(bash('touch asked')));
  // The last progress message arrives with the answer, after which a client receives no progress.
  expect(await wait.answer).toMatchObject({ pending_permissions: [{ worker_id: asking }] });
});
