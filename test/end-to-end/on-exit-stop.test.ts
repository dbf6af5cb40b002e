import { expect, it } from 'vitest';
import { type Session, scripted, setStage } from './harness.ts';
import { endServer, membersOf } from './processes.ts';

it.each<[string, (session: Session) => Promise<void>]>([
  ['is closed', (session) => session.close()],
  ['gets SIGTERM', (session) => endServer(session, 'SIGTERM')],
])('with on-exit stop, a server that %s leaves no process', async (_, end) => {
  const stage = await setStage();
  const first = await stage.connect({ args: ['--on-exit', 'stop'] });
  const done = await first.spawn(scripted({ text: 'Done.' }));
  const busy = await first.spawn(scripted({ hang: true }));
  await stage.journaled(busy, 'TURN_OPENED');
  await stage.journaled(done, 'SAVED');
  const pids = await Promise.all([stage.pid(done), stage.pid(busy)]);
  await end(first);
  expect((await Promise.all(pids.map(membersOf))).flat()).toEqual([]);

  const second = await stage.connect();
  expect(await second.call('wait')).toMatchObject({
    completed: [{ worker_id: done }],
    failed: [{ worker_id: busy, reason: 'stopped' }],
  });
});

it('with on-exit stop, a server that gets a second signal kills its workers at once', async () => {
  const stage = await setStage();
  const args = ['--on-exit', 'stop', '--keep-alive-seconds', '600'];
  const first = await stage.connect({ args });
  const id = await first.spawn(scripted({ hang: true }));
  await stage.journaled(id, 'TURN_OPENED');
  const pid = await stage.pid(id);
  // Clients send several signals, one after another, to close a server.
  const ended = endServer(first, 'SIGINT');
  process.kill(first.pid, 'SIGTERM');
  await ended;
  await expect.poll(() => membersOf(pid), { timeout: 5000 }).toEqual([]);
});
