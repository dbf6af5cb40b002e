import { execFile } from 'node:child_process';
import { copyFile, mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { shellWord } from '../../src/text/shell-word.ts';
import { bash, type Session, type Stage, scripted, setStage } from './harness.ts';
import { membersOf } from './processes.ts';

const empty = (path: string) => truncate(path, 0);
const remove = (path: string) => rm(path);
async function replace(path: string): Promise<void> {
  await copyFile(path, `${path}.copy`);
  await rename(`${path}.copy`, path);
}

/** What another program does to a file of a running worker, and the name that the hint must have. */
const harms: [string, (path: string) => Promise<void>][] = [
  ['stdout.ndjson', empty],
  ['stdout.ndjson', replace],
  ['stdout.ndjson', remove],
  ['journal.ndjson', empty],
  ['journal.ndjson', remove],
  ['stdin', remove],
];

const pathOf = (stage: Stage, worker_id: string, name: string) =>
  join(stage.state, `worker-${worker_id}`, name);

interface Harmed {
  worker_id: string;
  pid: number;
  name: string;
}

/** Spawns a worker for each harm, waits until all are ready, and harms one file of each. */
async function harmEach(
  stage: Stage,
  session: Session,
  prompt: string,
  untilReady: (worker_ids: string[]) => Promise<void>,
): Promise<Harmed[]> {
  const worker_ids: string[] = [];
  for (const _ of harms) worker_ids.push(await session.spawn(prompt));
  await untilReady(worker_ids);
  return Promise.all(
    harms.map(async ([name, harm], index) => {
      const worker_id = worker_ids[index] ?? '';
      const pid = await stage.pid(worker_id);
      await harm(pathOf(stage, worker_id, name));
      return { worker_id, pid, name };
    }),
  );
}

/** Checks that each worker ends by itself, names the file in its hint, and leaves no process. */
async function expectNamedEnds(session: Session, harmed: Harmed[]): Promise<void> {
  for (const { worker_id, pid, name } of harmed) {
    // Until then a worker that asks is still reported with its request.
    await expect.poll(() => membersOf(pid), { timeout: 20_000 }).toEqual([]);
    const { failed } = await session.call('wait', { worker_ids: [worker_id], timeout_seconds: 30 });
    expect(failed, name).toMatchObject([{ worker_id, reason: 'crashed' }]);
    expect(failed[0].error_hint).toContain(name);
  }
}

const running = async (stage: Stage) => {
  const session = await stage.connect({ args: ['--max-workers', '9'] });
  const prompt = scripted({ text: 'One moment.', hang: true });
  const harmed = await harmEach(stage, session, prompt, async (ids) => {
    for (const id of ids) await stage.journaled(id, 'PROMPT_ACCEPTED');
  });
  return { session, harmed };
};

it('a running worker ends when a file is emptied, replaced or removed through which it is followed', async () => {
  const stage = await setStage();
  const { session, harmed } = await running(stage);
  await expectNamedEnds(session, harmed);
}, 120_000);

it('a worker that asks ends when a file is emptied, replaced or removed through which it is followed', async () => {
  const stage = await setStage();
  const session = await stage.connect({ args: ['--max-workers', '9'] });
  const prompt = scripted(bash(`touch ${shellWord(join(stage.outside, 'ran'))}`), { text: 'Ran.' });
  const harmed = await harmEach(stage, session, prompt, async (ids) => {
    for (const id of ids) await stage.journaled(id, 'PERMISSION_ASKED');
  });
  await expectNamedEnds(session, harmed);
}, 120_000);

it('a kept process ends when a file is emptied, replaced or removed through which it is followed', async () => {
  const stage = await setStage();
  const session = await stage.connect({ args: ['--max-workers', '9'] });
  const harmed = await harmEach(stage, session, 'Hello.', async (ids) => {
    for (const id of ids) await stage.journaled(id, 'SAVED');
  });
  for (const { worker_id, pid, name } of harmed) {
    await expect.poll(() => membersOf(pid), { timeout: 20_000 }).toEqual([]);
    const again = { worker_id, prompt: 'Go on.' };
    if (name === 'journal.ndjson') {
      expect(await session.refusal('resume_worker', again)).toContain(name);
      continue;
    }
    await session.call('resume_worker', again);
    const { completed } = await session.call('wait', { worker_ids: [worker_id] });
    expect(completed).toHaveLength(1);
  }
  const [emptied, copied, removed] = await Promise.all(
    harmed.slice(0, 3).map(({ worker_id }) => stage.history(worker_id)),
  );
  for (const { result, warning, turns } of [emptied, copied, removed]) {
    expect(turns).toHaveLength(2);
    expect(turns[1]).toMatchObject({ status: 'completed', result });
    expect(result).toBeTruthy();
    expect(warning).toBeUndefined();
  }
  expect(copied.turns[0]).not.toHaveProperty('warning');
  for (const { turns } of [emptied, removed]) {
    expect(turns[0]).toMatchObject({ status: 'completed', result: null });
    expect(turns[0].warning).toContain('stdout.ndjson');
  }
}, 120_000);

it('a turn that ends after its stdout was replaced says in its history what is missing', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const file = join(stage.outside, 'go');
  const wait = `until [ -e ${shellWord(file)} ]; do sleep 0.1; done`;
  const id = await session.spawn(scripted(bash(wait), { text: 'Done.' }));
  await stage.journaled(id, 'MESSAGE_SEEN');
  await replace(pathOf(stage, id, 'stdout.ndjson'));
  await writeFile(file, '');
  await session.call('wait', { worker_ids: [id], timeout_seconds: 30 });
  // The turn ends before or after the server has seen that the file is another one.
  const { result, warning, error_hint } = await stage.history(id);
  expect(result).toBeNull();
  expect(`${warning} ${error_hint}`).toContain('stdout.ndjson');
}, 60_000);

it('something else in the place of stdout or stderr is set aside, and the worker goes on', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const makeFifo = (path: string) => promisify(execFile)('mkfifo', [path]);
  const others: [string, (path: string) => Promise<unknown>][] = [
    ['stdout.ndjson', makeFifo],
    ['stdout.ndjson', (path) => mkdir(path)],
    ['stderr.log', makeFifo],
  ];
  for (const [name, make] of others) {
    const worker_id = await session.spawn('Hello.');
    await session.call('wait', { worker_ids: [worker_id] });
    await session.call('stop_worker', { worker_ids: [worker_id] });
    const path = pathOf(stage, worker_id, name);
    await rm(path);
    await make(path);
    await session.call('resume_worker', { worker_id, prompt: 'Go on.' });
    const { completed } = await session.call('wait', {
      worker_ids: [worker_id],
      timeout_seconds: 30,
    });
    expect(completed, name).toMatchObject([{ worker_id }]);
    expect((await stage.history(worker_id)).turns[1].status).toBe('completed');
  }
}, 120_000);

it('a worker that runs has its history also with something else in the place of stdout', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const worker_id = await session.spawn(scripted({ text: 'One moment.', hang: true }));
  await stage.journaled(worker_id, 'PROMPT_ACCEPTED');
  const path = pathOf(stage, worker_id, 'stdout.ndjson');
  await rm(path);
  await mkdir(path);
  const { failed } = await session.call('wait', { worker_ids: [worker_id], timeout_seconds: 30 });
  expect(failed).toMatchObject([{ worker_id, reason: 'crashed' }]);
  expect((await stage.history(worker_id)).turns[0].warning).toContain('stdout.ndjson');
}, 60_000);

it('a file that was replaced or emptied while no server watched ends the worker at its adoption', async () => {
  const stage = await setStage();
  const first = await stage.connect();
  const prompt = scripted(bash(`touch ${shellWord(join(stage.outside, 'ran'))}`), { text: 'Ran.' });
  const harmed: Harmed[] = [];
  for (const name of ['stdout.ndjson', 'stdout.ndjson', 'stdin']) {
    const worker_id = await first.spawn(prompt);
    await stage.journaled(worker_id, 'PERMISSION_ASKED');
    harmed.push({ worker_id, pid: await stage.pid(worker_id), name });
  }
  process.kill(first.pid, 'SIGKILL');
  const [one, other, third] = harmed.map(({ worker_id, name }) => pathOf(stage, worker_id, name));
  await replace(one ?? '');
  await empty(other ?? '');
  await rm(third ?? '');
  await writeFile(third ?? '', '');
  const second = await stage.connect();
  await second.call('list_workers');
  await expectNamedEnds(second, harmed);
}, 120_000);
