import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Answer, bash, scripted, setStage } from './harness.ts';
import { endServer } from './processes.ts';

const idsIn = ({ workers }: Answer): string[] =>
  workers.map(({ worker_id }: Answer) => worker_id).toSorted();

it('each of two servers has its own workers, and names the owner of the others', async () => {
  const stage = await setStage();
  const [one, two] = [await stage.connect(), await stage.connect()];
  const prompt = scripted(bash('touch made'), { text: 'Made.' });
  const [ofOne, ofTwo] = [await one.spawn(prompt), await two.spawn(prompt)];
  const [asked] = (await one.call('wait')).pending_permissions;
  expect(idsIn(await one.call('list_workers'))).toEqual([ofOne]);
  expect(idsIn(await two.call('list_workers'))).toEqual([ofTwo]);

  const sentence = expect.stringContaining(
    `Worker ${ofOne} belongs to another running server (process ${one.pid})`,
  );
  const worker_ids = [ofOne];
  expect(await two.refusal('wait', { worker_ids })).toEqual(sentence);
  expect(await two.refusal('stop_worker', { worker_ids })).toEqual(sentence);
  expect(await two.refusal('resume_worker', { worker_id: ofOne, prompt })).toEqual(sentence);
  const { request_id } = asked;
  expect(await two.refusal('approve_permission', { request_id, allow: true })).toEqual(sentence);
  expect((await one.call('wait')).pending_permissions).toEqual([asked]);

  await endServer(one, 'SIGKILL');
  expect(await two.call('stop_worker', { worker_ids })).toMatchObject({ stopped: [ofOne] });
  expect(idsIn(await two.call('list_workers'))).toEqual([ofOne, ofTwo].toSorted());
});

it('when eight servers adopt the same workers at once, each worker gets one server', async () => {
  const stage = await setStage();
  const owner = await stage.connect();
  const prompt = scripted(bash('touch made'), { text: 'Made.' });
  const ids: string[] = [];
  for (let count = 0; count < 3; count += 1) ids.push(await owner.spawn(prompt));
  for (const id of ids) await stage.journaled(id, 'PERMISSION_ASKED');
  const heirs = await Promise.all(Array.from({ length: 8 }, () => stage.connect()));
  await endServer(owner, 'SIGKILL');

  const lists = await Promise.all(heirs.map((heir) => heir.call('list_workers')));
  expect(lists.flatMap(idsIn).toSorted()).toEqual(ids.toSorted());
  for (const id of ids) {
    const path = join(stage.state, `worker-${id}`, 'lease.json');
    const lease = JSON.parse(await readFile(path, 'utf8'));
    const holders = heirs.filter((_, index) => idsIn(lists[index]).includes(id));
    expect(holders.map(({ pid }) => pid)).toEqual([lease.pid]);
    const events = (await stage.journal(id)).map(({ event }) => event.type);
    expect(events.filter((type) => type === 'ADOPT')).toHaveLength(1);
  }
});
