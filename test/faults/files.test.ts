import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { endServer } from '../end-to-end/processes.ts';
import { scripted } from '../src/stage.ts';
import { asking, type FaultyStage, setFaultyStage } from './faults.ts';

/** Spawns workers that wait for a permission, and kills their server. */
async function orphans(stage: FaultyStage, count: number): Promise<string[]> {
  const session = await stage.open();
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await session.spawn(asking));
  for (const id of ids) await stage.journaled(id, 'PERMISSION_ASKED');
  await endServer(session, 'SIGKILL');
  return ids;
}

const journalOf = (stage: FaultyStage, id: string) =>
  join(stage.state, `worker-${id}`, 'journal.ndjson');

/** Kinds of damage to a journal, and the reason in the sentence about each. */
const damages: [what: string, damage: (text: string) => string, reason: RegExp][] = [
  ['is of a future version', (text) => text.replaceAll('"v":1', '"v":2'), /version 2/],
  ['has a line that is no JSON', (text) => text.replace('\n', '\nnonsense\n'), /Line 2 of .*JSON/],
  [
    'does not begin with its first record',
    (text) => text.replace(/^.*\n/, ''),
    /Line 1 of .* number 2, expected 1/,
  ],
];

it.each(damages)(
  'a worker whose journal %s is not changed and is named with the reason, and other workers are adopted',
  async (_, damage, reason) => {
    const stage = await setFaultyStage();
    const [bad = '', good = ''] = await orphans(stage, 2);
    const path = journalOf(stage, bad);
    await writeFile(path, damage(await readFile(path, 'utf8')));
    const before = await readFile(path, 'utf8');

    const session = await stage.open();
    const { pending_permissions, note } = await session.call('wait');
    expect(pending_permissions).toMatchObject([{ worker_id: good }]);
    expect(note).toContain(`Worker ${bad} was not taken over`);
    expect(note).toMatch(reason);
    const prompt = 'Go on.';
    expect(await session.refusal('resume_worker', { worker_id: bad, prompt })).toMatch(reason);
    // One wait gives the reason, and every list.
    expect((await session.call('list_workers')).note).toMatch(reason);
    expect((await session.call('wait')).note).not.toMatch(reason);
    expect(await readFile(path, 'utf8')).toBe(before);
  },
);

it('a worker whose journal lost its end continues from the rest, and no turn runs twice', async () => {
  const stage = await setFaultyStage();
  const [id = ''] = await orphans(stage, 1);
  const records = await stage.journal(id);
  const kept = records.slice(
    0,
    records.findIndex(({ event }) => event.type === 'TURN_OPENED'),
  );
  const torn = `${kept.map((record) => JSON.stringify(record)).join('\n')}\n{"v":1,"seq":`;
  await writeFile(journalOf(stage, id), torn);

  const session = await stage.open();
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  await session.call('approve_permission', { request_id, allow: true });
  expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
  const seqs = (await stage.journal(id)).map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  const stdout = await readFile(join(stage.state, `worker-${id}`, 'stdout.ndjson'), 'utf8');
  expect(stdout.match(/"state":"started"/g)).toHaveLength(1);
});

it('an edited history file is kept under another name, once', async () => {
  const stage = await setFaultyStage();
  const session = await stage.open();
  const id = await session.spawn(scripted({ say: 'One.' }));
  await session.call('wait');
  const path = join(stage.logs, `worker-${id}.json`);
  await appendFile(path, '\n// My own notes.\n');
  const edited = await readFile(path, 'utf8');
  await session.call('resume_worker', { worker_id: id, prompt: scripted({ say: 'Two.' }) });
  await session.call('wait');
  expect((await stage.history(id)).turns).toHaveLength(2);
  const kept = (await stage.files()).filter((name) => name.startsWith(`worker-${id}.json.`));
  expect(kept).toHaveLength(1);
  expect(await readFile(join(stage.logs, kept[0] ?? ''), 'utf8')).toBe(edited);
  await session.call('resume_worker', { worker_id: id, prompt: scripted({ say: 'Three.' }) });
  await session.call('wait');
  expect((await stage.files()).filter((name) => name.startsWith(`worker-${id}.json.`))).toEqual(
    kept,
  );
});

it('a frozen server stays the owner, and still serves after it wakes', async () => {
  const stage = await setFaultyStage();
  const owner = await stage.open();
  const id = await owner.spawn(asking);
  const [{ request_id }] = (await owner.call('wait')).pending_permissions;
  process.kill(owner.pid, 'SIGSTOP');
  const other = await stage.open();
  expect((await other.call('wait')).pending_permissions).toEqual([]);
  const refusal = await other.refusal('approve_permission', { request_id, allow: true });
  expect(refusal).toContain(`belongs to another running server (process ${owner.pid})`);
  process.kill(owner.pid, 'SIGCONT');
  await owner.call('approve_permission', { request_id, allow: true });
  expect((await owner.call('wait')).completed).toMatchObject([{ worker_id: id }]);
});

it.each([
  ['that is not valid', '{"pid":'],
  ['whose process id is used again', `{"pid":${process.pid},"start_time":"1","since":1}`],
])('a lease %s does not prevent adoption', async (_, lease) => {
  const stage = await setFaultyStage();
  const [id = ''] = await orphans(stage, 1);
  const folder = join(stage.state, `worker-${id}`);
  for (const name of (await stage.files(folder)).filter((file) => file.startsWith('lease'))) {
    await rename(join(folder, name), join(folder, `former-${name}`));
  }
  await writeFile(join(folder, 'lease.json'), lease);
  const session = await stage.open();
  const { pending_permissions } = await session.call('wait');
  expect(pending_permissions).toMatchObject([{ worker_id: id }]);
});
