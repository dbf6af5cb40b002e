import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { bash, type Session, type Stage, scripted, setStage, untilWritten } from './harness.ts';
import { isHostileHome } from './hostile-home.ts';
import { isRunning, membersOf } from './processes.ts';
import { spawnWithChildAway } from './support-away.ts';

/** Spawns a worker that runs a long command, and returns it with the process of that command. */
async function spawnSleeping(stage: Stage, session: Session) {
  const prompt = scripted(bash('echo $$ > shell; sleep 600'), { text: 'Slept.' });
  const id = await session.spawn(prompt, { allowed_tools: ['Bash'] });
  const shell = Number(await untilWritten(join(stage.project, 'shell'), /\d+\n/));
  const pid = await stage.pid(id);
  onTestFinished(async () => {
    if (await isRunning(shell)) process.kill(-shell, 'SIGKILL');
  });
  expect(await membersOf(pid)).toContain(pid);
  expect(await isRunning(shell)).toBe(true);
  return { id, pid, shell };
}

it('stop_worker returns when the worker has no process, and stops it once', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const { id, pid, shell } = await spawnSleeping(stage, session);
  expect(await session.call('stop_worker', { worker_ids: [id] })).toEqual({
    stopped: [id],
    already_settled: [],
  });
  expect(await membersOf(pid)).toEqual([]);
  expect(await isRunning(shell)).toBe(false);
  expect(await stage.history(id)).toMatchObject({ status: 'failed', reason: 'stopped' });
  expect(await session.call('stop_worker', { worker_ids: [id] })).toEqual({
    stopped: [],
    already_settled: [id],
  });
  expect(await session.call('wait')).toMatchObject({
    failed: [{ worker_id: id, reason: 'stopped', error_hint: 'Stopped on request.' }],
  });
});

it('a worker that does not react is killed together with its commands', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const { id, pid, shell } = await spawnSleeping(stage, session);
  process.kill(pid, 'SIGSTOP');
  expect(await session.call('stop_worker', { worker_ids: [id] })).toMatchObject({ stopped: [id] });
  expect(await membersOf(pid)).toEqual([]);
  expect(await isRunning(shell)).toBe(false);
});

it('a worker can be stopped while it is starting', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted({ text: 'Never said.' }));
  expect(await session.call('stop_worker', { worker_ids: [id, id] })).toEqual({
    stopped: [id],
    already_settled: [],
  });
  const pid = await stage.pid(id).catch(() => undefined);
  if (pid !== undefined) expect(await membersOf(pid)).toEqual([]);
  expect(await session.call('wait')).toMatchObject({
    failed: [{ worker_id: id, reason: 'stopped' }],
  });
});

it('stopping a settled worker ends its idle process', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const done = await session.spawn(scripted({ text: 'Done.' }));
  const busy = await session.spawn(scripted({ hang: true }));
  await session.call('wait', { worker_ids: [done] });
  const pid = await stage.pid(done);
  expect(await isRunning(pid)).toBe(true);
  expect(await session.call('stop_worker', { worker_ids: [done, busy] })).toMatchObject({
    stopped: [busy],
    already_settled: [done],
  });
  expect(await membersOf(pid)).toEqual([]);
  expect(await stage.history(done)).toMatchObject({ status: 'completed', result: 'Done.' });
});

it('stopping a worker whose process has exited ends the processes that it left', async () => {
  const stage = await setStage();
  const session = await stage.connect({ args: ['--keep-alive-seconds', '0'] });
  const { id, child } = await spawnWithChildAway(stage, session, { text: 'Done.' });
  await session.call('wait');
  await stage.journaled(id, 'EXITED');
  expect(await isRunning(child)).toBe(true);
  const answer = await session.call('stop_worker', { worker_ids: [id] });
  const ended = { worker_id: id, pid: child, command: expect.stringMatching(/sleep|perl|sh/) };
  expect(answer).toEqual({
    ...{ stopped: [], already_settled: [id] },
    also_ended: isHostileHome() ? expect.arrayContaining([ended]) : [ended],
  });
  expect(await isRunning(child)).toBe(false);
});
