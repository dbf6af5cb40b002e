import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Answer, bash, conversationOf, scripted, setStage, untilWritten } from './harness.ts';
import { endServer } from './processes.ts';

it('eight running workers whose server is killed all settle under the next server, and no turn runs twice', async () => {
  const stage = await setStage();
  const first = await stage.connect({ args: ['--max-workers', '8'] });
  const asked = [1, 2].map((number) =>
    scripted(bash(`echo asked ${number} >> ran`), { text: `Asked ${number}.` }),
  );
  const busy = [1, 2, 3].map((number) =>
    scripted(bash(`echo busy ${number} >> ran; sleep 2`), { text: `Busy ${number}.` }),
  );
  const thinking = [1, 2, 3].map((number) =>
    scripted({ text: `Thought ${number}.`, delay_ms: 2_000 }),
  );
  const prompts = [...asked, ...busy, ...thinking];
  const ids: string[] = [];
  for (const prompt of prompts) {
    ids.push(await first.spawn(prompt, asked.includes(prompt) ? {} : { allowed_tools: ['Bash'] }));
  }
  for (const id of ids.slice(0, 2)) await stage.journaled(id, 'PERMISSION_ASKED');
  for (const id of ids) await stage.journaled(id, 'TURN_OPENED');
  await untilWritten(join(stage.project, 'ran'), /(busy \d\n){3}/);
  await endServer(first, 'SIGKILL');

  const second = await stage.connect();
  const delivered: string[] = [];
  let { completed, failed, pending_permissions }: Answer = await second.call('wait');
  expect(pending_permissions).toHaveLength(2);
  while (delivered.length < ids.length) {
    expect(failed).toEqual([]);
    delivered.push(...completed.map(({ worker_id }: Answer) => worker_id));
    for (const { request_id } of pending_permissions) {
      await second.call('approve_permission', { request_id, allow: true });
    }
    ({ completed, failed, pending_permissions } = await second.call('wait'));
  }
  expect(delivered.toSorted()).toEqual(ids.toSorted());
  const results = await Promise.all(ids.map(async (id) => (await stage.history(id)).result));
  expect(results.map((result) => result.replace(/\d/, '#'))).toEqual([
    ...['Asked #.', 'Asked #.', 'Busy #.', 'Busy #.', 'Busy #.'],
    ...['Thought #.', 'Thought #.', 'Thought #.'],
  ]);
  // The requests that the API recorded: each prompt was sent once for each of its steps.
  const steps = stage.api.requests.map(
    (request) => `${conversationOf(request)[0]} ${request.step}`,
  );
  expect(new Set(steps).size).toBe(steps.length);
  expect(steps).toHaveLength(2 * 5 + 3);
  // The file that the commands wrote.
  const ran = (await readFile(join(stage.project, 'ran'), 'utf8')).trim().split('\n');
  expect(ran.toSorted()).toEqual(['asked 1', 'asked 2', 'busy 1', 'busy 2', 'busy 3']);
});
