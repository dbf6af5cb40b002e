import { access, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { bash, type Session, type Stage, scripted, setStage } from './harness.ts';

/** Answers the one open request and returns its command. */
async function answerOne(session: Session, answer: Record<string, unknown>): Promise<string> {
  const { pending_permissions } = await session.call('wait');
  expect(pending_permissions).toHaveLength(1);
  const [{ request_id, input }] = pending_permissions;
  await session.call('approve_permission', { request_id, ...answer });
  return input.command;
}

/** All settings files of the project and the home, in which the CLI would store permanent rules. */
async function settingsFiles({ project, home }: Stage): Promise<string[]> {
  const lists = [project, home].map((folder) =>
    readdir(folder, { recursive: true, withFileTypes: true }),
  );
  const files = (await Promise.all(lists)).flat();
  return files
    .filter(({ name }) => /^settings.*\.json$/.test(name))
    .map(({ name, parentPath }) => relative(project, join(parentPath, name)));
}

it('a remembered permission is not requested again, in this process or the next, but other commands are', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const before = await settingsFiles(stage);
  const again = bash('touch remembered');
  const id = await session.spawn(
    scripted(again, again, bash('touch other'), again, { text: 'First turn.' }),
  );
  expect(await answerOne(session, { allow: true, remember: true })).toBe('touch remembered');
  expect(await answerOne(session, { allow: false })).toBe('touch other');
  await session.call('wait');
  await access(join(stage.project, 'remembered'));
  await expect(access(join(stage.project, 'other'))).rejects.toThrow('ENOENT');

  const { already_settled } = await session.call('stop_worker', { worker_ids: [id] });
  expect(already_settled).toEqual([id]);
  const prompt = scripted(again, bash('touch other'), { text: 'Second turn.' });
  await session.call('resume_worker', { worker_id: id, prompt });
  expect(await answerOne(session, { allow: false })).toBe('touch other');
  await session.call('wait');
  await stage.journaled(id, 'PROCESS_STARTED', 2);

  const { turns } = await stage.history(id);
  expect(turns[0].permissions).toMatchObject([{ decision: 'allow' }, { decision: 'deny' }]);
  expect(turns[1].permissions).toMatchObject([{ decision: 'deny' }]);
  expect(await settingsFiles(stage)).toEqual(before);
});

it('a remembered permission is still valid under the next server', async () => {
  const stage = await setStage();
  const first = await stage.connect();
  const command = bash('touch remembered');
  const id = await first.spawn(scripted(command, { text: 'First turn.' }));
  await answerOne(first, { allow: true, remember: true });
  await first.call('wait');
  await first.call('stop_worker', { worker_ids: [id] });
  await first.close();
  const second = await stage.connect();
  const prompt = scripted(command, { text: 'Second turn.' });
  await second.call('resume_worker', { worker_id: id, prompt });
  expect(await second.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
});

it('a permission that one worker remembers is requested for another worker', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const prompt = scripted(bash('touch shared'), { text: 'Done.' });
  await session.spawn(prompt);
  await answerOne(session, { allow: true, remember: true });
  await session.call('wait');
  await session.spawn(prompt);
  expect(await answerOne(session, { allow: false })).toBe('touch shared');
});
