import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished, vi } from 'vitest';
import { shellWord } from '../../src/text/shell-word.ts';
import { bash, type Stage, scripted, setStage, untilWritten } from './harness.ts';

/** Resolves once a process waits in a read of the FIFO at `path`. */
const untilReading = ({ pid }: ChildProcess, path: string) =>
  vi.waitFor(
    async () => {
      expect(await readlink(`/proc/${pid}/fd/0`)).toBe(path);
      expect(await readFile(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) S /);
    },
    { timeout: 10_000, interval: 20 },
  );

/** Starts a program that takes the next lines out of a worker's FIFO; returns what it took, once it has enough. */
async function stealFrom(stage: Stage, worker_id: string) {
  const path = join(stage.state, `worker-${worker_id}`, 'stdin');
  const command = `exec dd bs=65536 count=1 <> ${shellWord(path)}`;
  const thief = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void thief.kill('SIGKILL'));
  await untilReading(thief, path);
  return { stolen: text(thief.stdout) };
}

/** Stops the worker's claude, so that only the other program reads; returns what lets it go on. */
async function freeze(stage: Stage, worker_id: string): Promise<() => void> {
  const pid = await stage.pid(worker_id);
  process.kill(pid, 'SIGSTOP');
  return () => process.kill(pid, 'SIGCONT');
}

it('an answer that another program takes out of the FIFO is sent again, and its call runs once', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const file = join(stage.outside, 'ran');
  const id = await session.spawn(
    scripted(bash(`echo once >> ${shellWord(file)}`), { text: 'Ran.' }),
  );
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  const { stolen } = await stealFrom(stage, id);
  const goOn = await freeze(stage, id);
  await session.call('approve_permission', { request_id, allow: true });
  expect(await stolen).toContain('control_response');
  goOn();
  expect((await session.call('wait', { timeout_seconds: 40 })).completed).toHaveLength(1);
  expect(await untilWritten(file)).toBe('once\n');
  await stage.journaled(id, 'REPLY_OVERDUE');
});

it('a prompt that another program takes out of the FIFO is sent again, and runs once', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn('Hello.');
  await session.call('wait');
  const asked = () => stage.api.requests.filter(({ body }) => /Go on\./.test(JSON.stringify(body)));
  const before = asked().length;
  const { stolen } = await stealFrom(stage, id);
  const goOn = await freeze(stage, id);
  await session.call('resume_worker', { worker_id: id, prompt: 'Go on.' });
  expect(await stolen).toContain('Go on.');
  goOn();
  expect((await session.call('wait', { timeout_seconds: 40 })).completed).toHaveLength(1);
  expect(asked().length - before).toBe(1);
  expect((await stage.history(id)).turns).toHaveLength(2);
  expect((await stage.journal(id)).filter(({ event }) => event.type === 'EXITED')).toEqual([]);
});

it('the first line of a new process is sent again when another program takes it', async () => {
  const stage = await setStage();
  const session = await stage.connect({ args: ['--keep-alive-seconds', '0'] });
  const id = await session.spawn('Hello.');
  await session.call('wait');
  await stage.journaled(id, 'EXITED');
  const { stolen } = await stealFrom(stage, id);
  await session.call('resume_worker', { worker_id: id, prompt: 'Go on.' });
  expect(await stolen).toContain('initialize');
  expect((await session.call('wait', { timeout_seconds: 50 })).completed).toHaveLength(1);
});
