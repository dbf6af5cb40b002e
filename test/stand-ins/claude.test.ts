import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launchDetached } from '../../src/claude/launch.ts';
import type { Config } from '../../src/config/config.ts';
import { thisMachine } from '../../src/config/resources.ts';
import { createManager } from '../../src/manager/manager.ts';
import { temporaryFolder } from '../src/fixtures.ts';
import { foldersIn } from '../src/folders.ts';
import { scripted } from '../src/stage.ts';

/** Creates a manager whose workers are processes of the stand-in; they are stopped with the test. */
async function createServer(keepAliveSeconds = 60) {
  const project = await temporaryFolder();
  const config: Config = {
    ...{ claude: resolve('test/stand-ins/claude.mjs'), projectDir: project, maxWorkers: 20 },
    ...foldersIn(join(project, 'logs')),
    ...{ onExit: 'finish', approvals: 'caller' },
    ...{ keepAliveSeconds, defaults: {}, depth: 0, standby: 0, machine: thisMachine() },
  };
  const manager = createManager({
    ...{ config, launch: launchDetached, now: Date.now, newId: randomUUID, warn: () => {} },
    env: { PATH: process.env.PATH },
  });
  onTestFinished(async () => {
    await manager.close('stop');
    await rm(config.logsDir, { recursive: true, force: true });
  });
  const spawn = async (...acts: object[]) =>
    (await manager.spawn({ description: 'A stand-in', prompt: scripted(...acts) })).worker_id;
  const wait = async (worker_ids?: string[]) => {
    const signal = new AbortController().signal;
    const { result, delivered } = await manager.wait({ signal, onProgress() {}, worker_ids });
    delivered();
    return result;
  };
  const history = async (id: string) =>
    JSON.parse(await readFile(join(config.logsDir, `worker-${id}.json`), 'utf8'));
  return { manager, spawn, wait, history };
}

describe('the stand-in for claude', () => {
  it('does the acts of its script, and answers "ok" without a script', async () => {
    const { manager, spawn, wait, history } = await createServer();
    const talking = await spawn({ say: 'One.' }, { say: 'Two.' });
    const plain = await manager.spawn({ description: 'A stand-in', prompt: 'Hello' });
    const failed = await spawn({
      result: { is_error: true, api_error_status: 429, result: 'Slow' },
    });
    const exited = await spawn({ say: 'Bye.' }, { exit: 3 });
    const answer = await wait();
    expect(answer.completed).toHaveLength(2);
    expect(answer.failed).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ worker_id: failed, reason: 'rate_limited' }),
        expect.objectContaining({ worker_id: exited, reason: 'crashed', returncode: 3 }),
      ]),
    );
    expect(await history(talking)).toMatchObject({ result: 'Two.', total_cost_usd: 0.01 });
    expect(await history(plain.worker_id)).toMatchObject({
      result: 'ok',
      model: 'stand-in',
    });
    expect((await history(exited)).messages).toHaveLength(2);
  });

  it('asks for permissions, takes the answers, and withdraws a request', async () => {
    const { manager, spawn, wait, history } = await createServer();
    const ask = (name: string) => ({ tool: 'Bash', input: { command: name } });
    const id = await spawn({ ask: [ask('a'), ask('b')] }, { ask: [ask('c')], withdraw: true });
    // A wait that resolves at once gives the server no time to read output.
    const next = () => new Promise(setImmediate).then(() => wait());
    let open = (await next()).pending_permissions;
    // Both requests are asked at once, but the first request ends a wait.
    while (open.length < 2) open = (await next()).pending_permissions;
    const [first, second] = open.map(({ request_id }) => request_id);
    await manager.approve({ request_id: second ?? '', allow: false, reason: 'No.' }, 'caller');
    await manager.approve({ request_id: first ?? '', allow: true }, 'caller');
    // A wait may return the last request while it is open.
    while ((await next()).completed.length === 0);
    const [turn] = (await history(id)).turns;
    expect(turn.permissions.map(({ decision }: { decision: string }) => decision)).toEqual([
      ...['allow', 'deny', 'withdrawn'],
    ]);
    const results = JSON.stringify((await history(id)).messages);
    expect(results).toContain('"content":"No.","is_error":true');
  });

  it('continues in the same process, and in a new process after an exit', async () => {
    const { manager, spawn, wait, history } = await createServer();
    const id = await spawn({ say: 'One.' });
    await wait();
    await manager.resume(id, scripted({ say: 'Two.' }, { exit: 0 }));
    await wait();
    await manager.resume(id, scripted({ say: 'Three.' }));
    await wait();
    expect((await history(id)).turns).toMatchObject([
      { status: 'completed', result: 'One.' },
      { status: 'failed', reason: 'crashed' },
      { status: 'completed', result: 'Three.' },
    ]);
  });

  it('can be interrupted and stopped at any time', async () => {
    const { manager, spawn, history } = await createServer();
    const asking = [{ ask: [{ tool: 'Bash' }] }];
    const ids = [await spawn({ hang: true }), await spawn(...asking), await spawn()];
    const { stopped, already_settled } = await manager.stop(ids);
    expect([...stopped, ...already_settled].toSorted()).toEqual(ids.toSorted());
    for (const id of stopped) expect(await history(id)).toMatchObject({ reason: 'stopped' });
  });

  it('exits by itself when it is idle', async () => {
    const { manager, spawn, wait } = await createServer(0.05);
    const id = await spawn();
    await wait();
    const isGone = () => manager.workers.parked.get(id)?.context.process === null;
    while (!isGone()) await new Promise(setImmediate);
    expect(isGone()).toBe(true);
  });

  it('refuses an agent type that it does not know', async () => {
    const { manager, wait } = await createServer();
    await manager.spawn({ description: 'A stand-in', prompt: 'Hello', agent_type: 'Nobody' });
    expect((await wait()).failed).toMatchObject([
      {
        reason: 'spawn_error',
        error_hint: 'Unknown agent type "Nobody". claude knows: general-purpose, Explore, Plan.',
      },
    ]);
  });
});
