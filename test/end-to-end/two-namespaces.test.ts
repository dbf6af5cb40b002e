import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { it as always, expect, onTestFinished, vi } from 'vitest';
import { patienceMs } from '../patience.ts';
import { type Answer, bash, type Session, type Stage, scripted, setStage } from './harness.ts';
import {
  endNamespace,
  endServerInside,
  inside,
  insideBlind,
  whyNoNamespace,
} from './namespaces.ts';

const why = await whyNoNamespace();
if (why) process.stderr.write(`${why}\n`);
const it = always.skipIf(why !== undefined);

always('pid namespaces can be made where every line has to be tested', () => {
  if (process.env.CI) expect(why).toBeUndefined();
});

const asking = scripted(bash('touch made'), { text: 'Made.' });
const slow = scripted({ delay_ms: 4_000, text: 'The real answer.' });

/** Starts a server in a namespace of its own; the test ends the namespace. */
async function connectInside(stage: Stage, through = inside): Promise<Session> {
  const session = await stage.connect({ through });
  onTestFinished(() => endNamespace(session).catch(() => {}));
  return session;
}

const connectBlind = (stage: Stage) => connectInside(stage, insideBlind);

const outside = (stage: Stage) => stage.connect();

const adopt = (stage: Stage, id: string) => awm(stage, 'adopt', id);

/** Runs a command of the terminal as a user does. */
const awm = async ({ logs, state }: Stage, command: string, id: string) => {
  const args = [resolve('dist/main.mjs'), command, id.slice(0, 13)];
  args.push('--logs-dir', logs, '--state-dir', state);
  const run = promisify(execFile)(process.execPath, args, { env: {} });
  return run.then(
    (output) => ({ code: 0, ...output }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
};

const close = (session: Session) => session.close();

const eventsOf = async (stage: Stage, id: string): Promise<string[]> =>
  (await stage.journal(id)).map(({ event }: Answer) => event.type);

it.each([
  ['inside', 'outside', connectInside, outside],
  ['outside', 'inside', outside, connectInside],
  ['inside', 'in another namespace', connectInside, connectInside],
  ['outside', 'inside that sees wrong pids', outside, connectBlind],
  ['inside that sees wrong pids', 'outside', connectBlind, outside],
])(
  'workers of a server %s are left alone by a server %s, which says where they are',
  async (...input) => {
    const [, , connectOwner, connectOther] = input;
    const stage = await setStage();
    const owner = await connectOwner(stage);
    const [works, asks] = [await owner.spawn(slow), await owner.spawn(asking)];
    await stage.journaled(asks, 'PERMISSION_ASKED');
    await stage.journaled(works, 'PROCESS_STARTED');
    const other = await connectOther(stage);

    const { workers, note } = await other.call('list_workers');
    expect(workers).toEqual([]);
    for (const id of [works, asks]) expect(note).toContain(`Worker ${id} is not at hand here`);
    const sentence = expect.stringContaining(`"${hostname()}"`);
    const [request] = (await owner.call('wait')).pending_permissions;
    const { request_id } = request;
    const [worker_ids, prompt] = [[works], 'Go on.'];
    expect(await other.refusal('wait', { worker_ids })).toEqual(sentence);
    expect(await other.refusal('stop_worker', { worker_ids })).toEqual(sentence);
    expect(await other.refusal('resume_worker', { worker_id: works, prompt })).toEqual(sentence);
    expect(await other.refusal('approve_permission', { request_id, allow: true })).toEqual(
      sentence,
    );

    await owner.call('approve_permission', { request_id, allow: true });
    await owner.call('wait');
    expect(await stage.history(works)).toMatchObject({
      ...{ status: 'completed', result: 'The real answer.' },
    });
    expect(await stage.history(asks)).toMatchObject({ status: 'completed', result: 'Made.' });
    for (const id of [works, asks]) expect(await eventsOf(stage, id)).not.toContain('ADOPT');
  },
);

it.each([
  ['inside', 'outside', connectInside, outside, endServerInside],
  ['outside', 'inside', outside, connectInside, close],
])(
  'a worker whose server %s has ended is continued by a server %s, in its one process',
  async (...input) => {
    const [, , connectOwner, connectHeir, end] = input;
    const stage = await setStage();
    const owner = await connectOwner(stage);
    const id = await owner.spawn(asking);
    await stage.journaled(id, 'PERMISSION_ASKED');
    await end(owner);
    await vi.waitFor(
      () => expect(access(join(stage.state, `worker-${id}`, 'lease.json'))).rejects.toThrow(),
      patienceMs,
    );
    const heir = await connectHeir(stage);

    const [{ request_id }] = (await heir.call('wait')).pending_permissions;
    await heir.call('approve_permission', { request_id, allow: true });
    expect(await heir.call('wait')).toMatchObject({ completed: [{ worker_id: id }], failed: [] });
    const events = await eventsOf(stage, id);
    expect(events.filter((type) => type === 'PROCESS_STARTED')).toHaveLength(1);
  },
);

it('a worker of a namespace that is gone for good is taken with "adopt", not before its claude has ended', async () => {
  const stage = await setStage();
  const owner = await connectInside(stage);
  const id = await owner.spawn(asking);
  await stage.journaled(id, 'PERMISSION_ASKED');
  await endServerInside(owner, 'SIGKILL');
  const heir = await stage.connect();
  const worker_ids = [id];

  expect(await heir.refusal('wait', { worker_ids })).toContain(`awm adopt ${id}`);
  expect(await adopt(stage, id)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('runs'),
  });
  expect(await heir.refusal('wait', { worker_ids })).toContain('may still run');
  expect((await awm(stage, 'show', id)).stdout).toContain('awaiting_permission, server elsewhere');
  await endNamespace(owner);
  expect(await heir.refusal('wait', { worker_ids })).toContain('may still run');

  expect(await adopt(stage, id)).toMatchObject({ code: 0, stderr: '' });
  const { failed } = await heir.call('wait', { worker_ids });
  expect(failed).toMatchObject([{ worker_id: id, reason: 'interrupted' }]);
  await heir.call('resume_worker', { worker_id: id, prompt: scripted({ text: 'Again.' }) });
  expect(await heir.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
});
