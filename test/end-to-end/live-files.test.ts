import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { bash, type Stage, scripted, setStage } from './harness.ts';

const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];

const git = async ({ project, home }: Stage, ...args: string[]): Promise<string> => {
  const env = { PATH: process.env.PATH, HOME: home };
  return (await promisify(execFile)('git', [...identity, ...args], { cwd: project, env })).stdout;
};

/** Makes the project a repository that has a folder `logs` of its own. */
async function makeRepository(stage: Stage): Promise<void> {
  await git(stage, 'init', '-q');
  await mkdir(stage.logs, { recursive: true });
  await writeFile(join(stage.logs, '.gitkeep'), '');
  await git(stage, 'add', '-A');
  await git(stage, 'commit', '-qm', 'begin');
}

const isOfWorker = (name: string) => name.startsWith('worker-');

const gitInWorker = `git ${identity.join(' ')}`;

/** Ordinary commands that reach every file of the project. */
const tidying = [
  `${gitInWorker} add -A && ${gitInWorker} commit -qm all; true`,
  'grep -rs "" . > /dev/null; true',
  `touch new; ${gitInWorker} stash -u -q; ${gitInWorker} stash pop -q`,
  'git clean -fdq',
  'git clean -fdxq',
];

it('git add, stash and clean, and grep, in a worker cost no other worker anything, and commit no transcript', async () => {
  const stage = await setStage();
  await makeRepository(stage);
  const session = await stage.connect({ args: ['--max-workers', '3'] });
  const before = await session.spawn(scripted({ text: 'Before.' }));
  await session.call('wait');
  const asks = await session.spawn(scripted(bash('touch ran'), { text: 'Asked.' }));
  await stage.journaled(asks, 'PERMISSION_ASKED');
  const tidies = await session.spawn(scripted(...tidying.map(bash), { text: 'Tidied.' }), {
    allowed_tools: ['Bash'],
  });
  const { completed } = await session.call('wait', { worker_ids: [tidies] });
  expect(completed).toMatchObject([{ worker_id: tidies }]);

  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  await session.call('approve_permission', { request_id, allow: true });
  expect((await session.call('wait')).completed).toMatchObject([{ worker_id: asks }]);
  expect(await readdir(stage.project)).toContain('ran');
  for (const [id, result] of [
    [asks, 'Asked.'],
    [tidies, 'Tidied.'],
  ] as const) {
    const history = await stage.history(id);
    expect(history).toMatchObject({ status: 'completed', result });
    expect(history).not.toHaveProperty('warning');
  }
  const committed = await git(stage, 'ls-files', 'logs');
  expect(committed).toContain('logs/.gitkeep\n');
  expect(committed).not.toContain('worker-');

  await session.call('resume_worker', {
    worker_id: before,
    prompt: scripted({ text: 'Again.' }),
  });
  expect((await session.call('wait')).completed).toMatchObject([{ worker_id: before }]);
  const { turns, result } = await stage.history(before);
  expect([turns.length, result]).toEqual([2, 'Again.']);
});

it('the files of a worker are in the home folder by default, and only history files in the project', async () => {
  const stage = await setStage();
  const session = await stage.connect({ env: { AWM_STATE_DIR: '' } });
  const id = await session.spawn(scripted({ text: 'Here.' }));
  await session.call('wait');
  expect((await readdir(stage.logs)).filter(isOfWorker)).toEqual([`worker-${id}.json`]);
  const states = join(stage.home, '.local/state/async-worker-manager');
  const [name = ''] = await readdir(states);
  expect((await readdir(states)).length).toBe(1);
  for (const folder of [name, join(name, `worker-${id}`)]) {
    expect(((await stat(join(states, folder))).mode & 0o777).toString(8)).toBe('700');
  }
  expect(await readFile(join(states, name, 'logs-folder'), 'utf8')).toBe(stage.logs);
  expect(await readdir(join(states, name, `worker-${id}`))).toContain('journal.ndjson');
  await session.call('stop_worker', { worker_ids: [id] });
});

it('a worker whose files an earlier version left in the logs folder is resumed there', async () => {
  const stage = await setStage();
  const first = await stage.connect();
  const id = await first.spawn(scripted({ text: 'Old.' }));
  await first.call('wait');
  await first.call('stop_worker', { worker_ids: [id] });
  await first.close();
  const folder = join(stage.logs, `worker-${id}`);
  await rename(join(stage.state, `worker-${id}`), folder);

  const session = await stage.connect();
  await session.call('resume_worker', { worker_id: id, prompt: scripted({ text: 'New.' }) });
  const next = await session.spawn(scripted({ text: 'Next.' }));
  const { completed } = await session.call('wait');
  expect(completed.map(({ worker_id }: { worker_id: string }) => worker_id).sort()).toEqual(
    [id, next].sort(),
  );
  const { turns } = await stage.history(id);
  expect(turns.map(({ result }: { result: string }) => result)).toEqual(['Old.', 'New.']);
  expect(await readdir(folder)).toContain('journal.ndjson');
  const folders = (await readdir(stage.state)).filter((name) => name !== 'logs-folder');
  expect(folders).toEqual([`worker-${next}`]);
});

it('a worker that a server of an earlier version makes beside this server belongs to that server', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const own = await session.spawn(scripted({ text: 'Own.' }));
  await session.call('wait');
  // Its files are in the logs folder as those of version 0.1, and its server runs.
  const other = await stage.connect({ env: { AWM_STATE_DIR: stage.logs } });
  const id = await other.spawn(scripted({ text: 'Late.' }));
  await other.call('wait');
  const { workers } = await session.call('list_workers');
  expect(workers.map(({ worker_id }: { worker_id: string }) => worker_id)).toEqual([own]);
  const again = { worker_id: id, prompt: 'Go on.' };
  expect(await session.refusal('resume_worker', again)).toContain(
    `Worker ${id} belongs to another running server (process ${other.pid})`,
  );
  await other.call('stop_worker', { worker_ids: [id] });
  await other.close();
  await session.call('resume_worker', { ...again, prompt: scripted({ text: 'Again.' }) });
  expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
  expect((await stage.history(id)).turns).toHaveLength(2);
  await session.call('stop_worker', { worker_ids: [id] });
});

it.each([
  ['a folder that a checkout can have made', 0o755, /^No worker .* is known here/],
  ['a private folder without a session', 0o700, /and claude has no session of it here; start it/],
])('a worker of an earlier version is not believed from %s', async (_, mode, why) => {
  const stage = await setStage();
  const first = await stage.connect({ args: ['--max-workers', '1'] });
  await first.spawn(scripted({ text: 'Busy.', hang: true }));
  const id = await first.spawn(scripted(bash('touch ran'), { text: 'Ran.' }), {
    allowed_tools: ['Bash'],
  });
  process.kill(first.pid, 'SIGKILL');
  const folder = join(stage.logs, `worker-${id}`);
  await rename(join(stage.state, `worker-${id}`), folder);
  await chmod(folder, mode);

  const session = await stage.connect();
  const { workers, note = '' } = await session.call('list_workers');
  expect(workers.map(({ worker_id }: { worker_id: string }) => worker_id)).not.toContain(id);
  expect(note.includes(id)).toBe(mode === 0o700);
  const again = { worker_id: id, prompt: 'Go on.' };
  expect(await session.refusal('resume_worker', again)).toMatch(why);
  expect(await readdir(stage.project)).not.toContain('ran');
});

it('the state folder is named when it cannot be used', async () => {
  const stage = await setStage();
  await writeFile(stage.state, 'a file');
  const session = await stage.connect();
  const args = { description: 'Nowhere', prompt: 'Hello.' };
  expect(await session.refusal('spawn_worker', args)).toMatch(
    /^The state folder .*\/state cannot be used: EEXIST.* Name another one in AWM_STATE_DIR\.$/,
  );
});
