import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { processesOf } from '../../src/processes/reap.ts';
import { shellWord } from '../../src/text/shell-word.ts';
import { patienceMs } from '../patience.ts';
import { bash, type Session, type Stage, scripted, setStage, untilWritten } from './harness.ts';
import { standbyFolders, untilStandbyWaits } from './support-standby.ts';
import { bodyOf, requestsOf } from './support-worker.ts';

const args = ['--standby', '1'];
const prompt = scripted({ text: 'Done.' });

/** Runs a worker until it settles. */
async function run(session: Session): Promise<string> {
  const worker_id = await session.spawn(prompt);
  await session.call('wait');
  return worker_id;
}

async function wasStandby(stage: Stage, worker_id: string): Promise<boolean> {
  const records = await stage.journaled(worker_id, 'PROCESS_STARTED');
  return records.some(({ event }) => event.standby === true);
}

const untilGone = (worker_id: string) =>
  vi.waitFor(async () => expect(await processesOf(worker_id)).toEqual([]), { timeout: 20_000 });

/** Returns the text of a worker's last API request. */
async function askedWith(stage: Stage, worker_id: string): Promise<string> {
  const [born] = await stage.journal(worker_id);
  return JSON.stringify(bodyOf({ requests: requestsOf(stage, born.event.spec.session_id) }));
}

describe('a standby process', () => {
  it('becomes the next worker, makes permission requests and is resumed', async () => {
    const stage = await setStage();
    const session = await stage.connect({ args });
    await run(session);
    const waiting = await untilStandbyWaits(stage);
    const worker_id = await session.spawn(scripted(bash('echo yes > out'), { text: 'Done.' }));
    expect(worker_id).toBe(waiting);
    const { pending_permissions } = await session.call('wait');
    expect(pending_permissions).toMatchObject([{ worker_id, tool: 'Bash' }]);
    const [{ request_id }] = pending_permissions;
    await session.call('approve_permission', { request_id, allow: true });
    expect((await session.call('wait')).completed).toMatchObject([{ worker_id }]);
    expect(await readFile(join(stage.project, 'out'), 'utf8')).toBe('yes\n');
    expect(await wasStandby(stage, worker_id)).toBe(true);
    await session.call('resume_worker', { worker_id, prompt });
    expect((await session.call('wait')).completed).toMatchObject([{ worker_id }]);
    expect((await stage.history(worker_id)).turns).toHaveLength(2);
  });

  it('that became a worker outlives the server', async () => {
    const stage = await setStage();
    const first = await stage.connect({ args });
    await run(first);
    await untilStandbyWaits(stage);
    const worker_id = await first.spawn(scripted(bash('echo yes > out'), { text: 'Done.' }));
    await first.call('wait');
    expect(await wasStandby(stage, worker_id)).toBe(true);
    process.kill(first.pid, 'SIGKILL');
    const second = await stage.connect({ args });
    const { pending_permissions } = await second.call('wait');
    const [{ request_id }] = pending_permissions;
    await second.call('approve_permission', { request_id, allow: true });
    expect((await second.call('wait')).completed).toMatchObject([{ worker_id }]);
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('ends when its server gets %s', async (signal) => {
    const stage = await setStage();
    const session = await stage.connect({ args });
    await run(session);
    const waiting = await untilStandbyWaits(stage);
    expect(await processesOf(waiting)).not.toEqual([]);
    process.kill(session.pid, signal);
    await untilGone(waiting);
    // The next server removes the folder of a killed process.
    await (await stage.connect({ args: ['--standby', '0'] })).call('list_workers');
    await vi.waitFor(async () => expect(await standbyFolders(stage)).toEqual([]), patienceMs);
  });

  it('ends when the client closes the server, and its folder and all leases are removed', async () => {
    const stage = await setStage();
    const session = await stage.connect({ args });
    const worker_id = await run(session);
    const waiting = await untilStandbyWaits(stage);
    await session.close();
    expect(await standbyFolders(stage)).toEqual([]);
    expect(await processesOf(waiting)).toEqual([]);
    const names = await readdir(join(stage.state, `worker-${worker_id}`));
    expect(names.filter((name) => name.startsWith('lease'))).toEqual([]);
  });

  it('is ended by the next server when its watchdog was killed too', async () => {
    const stage = await setStage();
    const session = await stage.connect({ args });
    await run(session);
    const waiting = await untilStandbyWaits(stage);
    for (const pid of await watchdogsOf(session.pid)) process.kill(pid, 'SIGKILL');
    process.kill(session.pid, 'SIGKILL');
    expect(await processesOf(waiting)).not.toEqual([]);
    await (await stage.connect({ args: ['--standby', '0'] })).call('list_workers');
    await untilGone(waiting);
  });

  it('of a living server is not changed by another server', async () => {
    const stage = await setStage();
    const session = await stage.connect({ args });
    await run(session);
    const waiting = await untilStandbyWaits(stage);
    const other = await stage.connect({ args });
    await other.call('list_workers');
    expect(await run(session)).toBe(waiting);
  });
});

describe('a worker never gets a standby process that is out of date', () => {
  it.each<[string, (stage: Stage) => Promise<void>]>([
    ['instructions', ({ project }) => writeFile(join(project, 'CLAUDE.md'), 'The word is Xyzzy.')],
    ['instructions of the user', ({ home }) => inFolder(home, 'CLAUDE.md', 'The word is Xyzzy.')],
    [
      'an agent',
      ({ project }) => {
        const agent = '---\nname: xyzzy\ndescription: Xyzzy\n---\nThe word is Xyzzy.\n';
        return inFolder(project, 'agents/xyzzy.md', agent);
      },
    ],
  ])('after a change of %s the model gets the new text', async (_, change) => {
    const stage = await setStage();
    const session = await stage.connect({ args });
    await run(session);
    await untilStandbyWaits(stage);
    await change(stage);
    const worker_id = await run(session);
    expect(await wasStandby(stage, worker_id)).toBe(false);
    expect(await askedWith(stage, worker_id)).toMatch(/xyzzy/i);
  });

  it('a new rule that denies a tool is valid at once', async () => {
    const stage = await setStage();
    const session = await stage.connect({ args });
    await run(session);
    await untilStandbyWaits(stage);
    const rules = { permissions: { deny: ['Bash'] } };
    await inFolder(stage.project, 'settings.json', JSON.stringify(rules));
    const worker_id = await session.spawn(scripted(bash('echo no > out'), { text: 'Done.' }));
    expect((await session.call('wait')).completed).toMatchObject([{ worker_id }]);
    expect(await readdir(stage.project)).not.toContain('out');
  });
});

it('hooks of the user run for one standby process, and then no more are started', async () => {
  const stage = await setStage();
  const out = join(stage.outside, 'hooked');
  const hooks = [{ hooks: [{ type: 'command', command: `echo hook >> ${shellWord(out)}` }] }];
  await inFolder(
    stage.project,
    'settings.json',
    JSON.stringify({ hooks: { SessionStart: hooks } }),
  );
  const session = await stage.connect({ args });
  await run(session);
  // One for the worker and one for the standby process, which shows that a start runs hooks.
  await untilWritten(out, /hook\nhook\n/);
  await vi.waitFor(async () => expect(await standbyFolders(stage)).toEqual([]), {
    timeout: 20_000,
  });
  expect(await wasStandby(stage, await run(session))).toBe(false);
  expect(await wasStandby(stage, await run(session))).toBe(false);
  expect(await readFile(out, 'utf8')).toBe('hook\n'.repeat(4));
});

it('a server that only listed its workers starts no standby process', async () => {
  const stage = await setStage();
  await mkdir(stage.logs, { recursive: true });
  const before = await readdir(stage.logs);
  const session = await stage.connect({ args });
  await session.call('list_workers');
  await session.call('wait');
  await session.close();
  expect(await readdir(stage.logs)).toEqual(before);
  await expect(readdir(stage.state)).rejects.toThrow('ENOENT');
});

/** Writes a file into the `.claude` folder of a folder. */
async function inFolder(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, '.claude', name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
}

/** Returns the shells that a server has started: the watchdogs of its standby processes. */
async function watchdogsOf(server: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      return stat.includes(`(sh) S ${server} `) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}
