import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { type Session, type Stage, setStage } from '../end-to-end/harness.ts';
import { treeOf } from '../protocol/tree.ts';

const env = { AWM_CLAUDE: resolve('test/stand-ins/claude.mjs') };

/** Spawns workers that settle at once, and closes their server. */
async function settled(stage: Stage, count: number): Promise<string[]> {
  const session = await stage.connect({ env });
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await session.spawn('Hello.'));
  await session.call('wait');
  await session.call('stop_worker', { worker_ids: ids });
  await session.close();
  return ids;
}

/** Resumes a worker; returns the sentence of a refusal, or the problem in the result of `wait`. */
async function resume(session: Session, worker_id: string): Promise<string> {
  try {
    await session.call('resume_worker', { worker_id, prompt: 'Again.' });
  } catch (error) {
    return String(error);
  }
  const { completed, failed } = await session.call('wait', { worker_ids: [worker_id] });
  const [row] = failed;
  return row ? row.error_hint : (completed[0]?.warning ?? 'completed');
}

/** Files of a worker's folder, and the outcome when a link is in the place of each. */
const files: [name: string, outcome: RegExp][] = [
  ['stdin', /ELOOP|symbolic link/],
  ['stdout.ndjson', /ELOOP|symbolic link/],
  ['stderr.log', /ELOOP|symbolic link/],
  ['journal.ndjson', /ELOOP|symbolic link/],
  ['lease.json', /^completed$|ELOOP|symbolic link/],
  ['settings.json', /^completed$/],
  ['mcp.json', /^completed$/],
];

it('a link in place of a worker’s file is not followed, and the caller gets the reason', async () => {
  const stage = await setStage();
  const [ofHistory = '', ...ids] = await settled(stage, files.length + 1);
  const elsewhere = join(stage.outside, 'elsewhere');
  await mkdir(elsewhere);
  const target = join(elsewhere, 'target');
  await writeFile(target, 'Hush.\n');
  const before = await treeOf(elsewhere);
  const plant = async (path: string) => {
    await rm(path, { force: true });
    await symlink(target, path);
  };
  await plant(join(stage.logs, `worker-${ofHistory}.json`));
  for (const [index, [name]] of files.entries()) {
    await plant(join(stage.state, `worker-${ids[index]}`, name));
  }
  const session = await stage.connect({ env });
  for (const [index, [name, outcome]] of files.entries()) {
    expect(await resume(session, ids[index] ?? ''), name).toMatch(outcome);
  }
  expect(await resume(session, ofHistory), 'history').toMatch(/ELOOP|symbolic link/);
  expect(await treeOf(elsewhere)).toEqual(before);
});

it('a link in place of a worker’s folder is not followed', async () => {
  const stage = await setStage();
  const [id = ''] = await settled(stage, 1);
  const folder = join(stage.state, `worker-${id}`);
  const elsewhere = join(stage.outside, 'elsewhere');
  await rename(folder, elsewhere);
  await symlink(elsewhere, folder);
  const before = await treeOf(elsewhere);
  const session = await stage.connect({ env });
  const worker_ids = [id];
  await session.refusal('resume_worker', { worker_id: id, prompt: 'Again.' });
  await session.refusal('stop_worker', { worker_ids });
  await session.refusal('wait', { worker_ids });
  expect(await session.call('list_workers')).toEqual({ workers: [] });
  expect(await treeOf(elsewhere)).toEqual(before);
});

it('the stderr of a vanished worker is not read through a link', async () => {
  const stage = await setStage();
  const first = await stage.connect({ env });
  const id = await first.spawn('Do this. <stand-in>[{"hang":true}]</stand-in>');
  await stage.journaled(id, 'TURN_OPENED');
  const pid = await stage.pid(id);
  process.kill(first.pid, 'SIGKILL');
  process.kill(pid, 'SIGKILL');
  const target = join(stage.outside, 'target');
  await writeFile(target, 'The secret of another user.\n');
  const path = join(stage.state, `worker-${id}`, 'stderr.log');
  await rm(path, { force: true });
  await symlink(target, path);
  const second = await stage.connect({ env });
  const { failed } = await second.call('wait');
  expect(failed).toMatchObject([{ worker_id: id, reason: 'interrupted' }]);
  expect(JSON.stringify(failed)).not.toContain('secret');
  expect(await readFile(join(stage.logs, `worker-${id}.json`), 'utf8')).not.toContain('secret');
});
