import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Session, scripted, setStage } from './harness.ts';
import { endServer, isRunning, membersOf } from './processes.ts';
import { spawnWithChildAway } from './support-away.ts';

const ways: [string, (session: Session) => Promise<void>][] = [
  ['is closed', (session) => session.close()],
  ['gets SIGTERM', (session) => endServer(session, 'SIGTERM')],
  ['gets SIGINT', (session) => endServer(session, 'SIGINT')],
  ['gets SIGHUP', (session) => endServer(session, 'SIGHUP')],
];

it.each(ways)('a server that %s leaves its workers running and no lease', async (_, end) => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted({ hang: true }));
  await stage.journaled(id, 'TURN_OPENED');
  await end(session);
  expect(await isRunning(await stage.pid(id))).toBe(true);
  const names = await readdir(join(stage.state, `worker-${id}`));
  expect(names.filter((name) => name.startsWith('lease'))).toEqual([]);
});

it.each(ways)(
  'with on-exit stop, a server that %s leaves no process, not even in another process session',
  async (_, end) => {
    const stage = await setStage();
    const session = await stage.connect({ args: ['--on-exit', 'stop'] });
    const { id, child } = await spawnWithChildAway(stage, session, { hang: true });
    const pid = await stage.pid(id);
    expect(await membersOf(pid)).not.toContain(child);
    await end(session);
    expect(await membersOf(pid)).toEqual([]);
    expect(await isRunning(child)).toBe(false);
    expect(await stage.history(id)).toMatchObject({ status: 'failed', reason: 'stopped' });
    const names = await readdir(join(stage.state, `worker-${id}`));
    expect(names.filter((name) => name.startsWith('lease'))).toEqual([]);
  },
);

it('with on-exit stop, the processes of a settled worker end too', async () => {
  const stage = await setStage();
  const args = ['--on-exit', 'stop', '--keep-alive-seconds', '0'];
  const session = await stage.connect({ args });
  const { id, child } = await spawnWithChildAway(stage, session, { text: 'Done.' });
  await session.call('wait');
  await stage.journaled(id, 'EXITED');
  expect(await isRunning(child)).toBe(true);
  await session.close();
  expect(await isRunning(child)).toBe(false);
});
