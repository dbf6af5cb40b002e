import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Answer, bash, scripted, setStage, toolResultsOf } from './harness.ts';

it('an allowed tool runs, a denied tool does not run and the model gets the reason', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(
    scripted(bash('touch allowed'), bash('touch denied'), { text: 'Both tried.' }),
  );
  const first = (await session.call('wait')).pending_permissions;
  expect(first).toEqual([
    {
      request_id: expect.any(String),
      worker_id: id,
      tool: 'Bash',
      input: expect.objectContaining({ command: 'touch allowed' }),
    },
  ]);
  await expect(access(join(stage.project, 'allowed'))).rejects.toThrow('ENOENT');
  const allow = { request_id: first[0].request_id, allow: true };
  expect(await session.call('approve_permission', allow)).toEqual({
    ...{ request_id: first[0].request_id, worker_id: id, tool: 'Bash', decision: 'allow' },
  });

  const second = (await session.call('wait')).pending_permissions;
  await access(join(stage.project, 'allowed'));
  const reason = 'Keep out of my project.';
  const deny = { request_id: second[0].request_id, allow: false, reason };
  expect(await session.call('approve_permission', deny)).toMatchObject({ decision: 'deny' });
  await session.call('wait');
  await expect(access(join(stage.project, 'denied'))).rejects.toThrow('ENOENT');

  const [, afterAllow, afterDeny] = stage.api.requests;
  expect(toolResultsOf(afterAllow)).toMatchObject([{ name: 'Bash', is_error: false }]);
  expect(toolResultsOf(afterDeny)).toMatchObject([
    { name: 'Bash', is_error: true, content: expect.stringContaining(reason) },
  ]);
  const { turns, result } = await stage.history(id);
  expect(result).toBe('Both tried.');
  expect(turns[0].permissions).toMatchObject([
    { ...{ tool: 'Bash', decision: 'allow', by: 'caller' }, input: { command: 'touch allowed' } },
    { ...{ tool: 'Bash', decision: 'deny', by: 'caller', reason }, at: expect.any(String) },
  ]);
});

it('two open requests of one worker can be answered in any order', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const [one, two] = [join(stage.outside, 'one.txt'), join(stage.outside, 'two.txt')];
  await writeFile(one, 'The text of one.');
  await writeFile(two, 'The text of two.');
  const read = (file_path: string) => ({ name: 'Read', input: { file_path } });
  const id = await session.spawn(
    scripted({ tools: [read(one), read(two)] }, { text: 'Read what I may.' }),
  );
  await stage.journaled(id, 'PERMISSION_ASKED', 2);
  const { pending_permissions } = await session.call('wait');
  expect(pending_permissions.map(({ input }: Answer) => input.file_path)).toEqual([one, two]);
  const [first, second] = pending_permissions.map(({ request_id }: Answer) => request_id);

  await session.call('approve_permission', { request_id: second, allow: true });
  const left = await session.call('wait');
  expect(left.pending_permissions).toMatchObject([{ request_id: first, worker_id: id }]);
  await session.call('approve_permission', { request_id: first, allow: false });
  expect(await session.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });

  // claude sends the results in the order in which the tools ended, not in the order of the calls.
  const results = toolResultsOf(stage.api.requests.at(-1));
  expect(results).toHaveLength(2);
  expect(results.find(({ is_error }) => is_error)?.content).toContain('permission was denied');
  expect(results.find(({ is_error }) => !is_error)?.content).toContain('The text of two.');
  const { turns } = await stage.history(id);
  expect(turns[0].permissions).toMatchObject([
    { request_id: first, decision: 'deny' },
    { request_id: second, decision: 'allow' },
  ]);
});

it('updated_input replaces the command that runs', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted(bash('touch asked'), { text: 'Done.' }));
  const [request] = (await session.call('wait')).pending_permissions;
  const updated_input = { command: 'touch given' };
  await session.call('approve_permission', {
    ...{ request_id: request.request_id, allow: true },
    updated_input,
  });
  await session.call('wait');
  await access(join(stage.project, 'given'));
  await expect(access(join(stage.project, 'asked'))).rejects.toThrow('ENOENT');
  const { turns } = await stage.history(id);
  expect(turns[0].permissions).toMatchObject([{ decision: 'allow', input: updated_input }]);
});

it('an answer is final: a second answer is refused and changes nothing', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  await session.spawn(scripted(bash('touch denied'), { text: 'Not done.' }));
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  await session.call('approve_permission', { request_id, allow: false });
  const refusal = `Permission request ${request_id} was already denied; an answer cannot be changed.`;
  const allow = { request_id, allow: true };
  expect(await session.refusal('approve_permission', allow)).toBe(refusal);
  await session.call('wait');
  // The answer is still final after the turn.
  expect(await session.refusal('approve_permission', allow)).toBe(refusal);
  await expect(access(join(stage.project, 'denied'))).rejects.toThrow('ENOENT');
});

it('of two answers at the same time exactly one is accepted', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  await session.spawn(scripted(bash('touch made'), { text: 'Done.' }));
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  const answers = await Promise.allSettled([
    session.call('approve_permission', { request_id, allow: true }),
    session.call('approve_permission', { request_id, allow: false }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  await session.call('wait');
  await access(join(stage.project, 'made'));
});
