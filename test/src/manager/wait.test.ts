import { readFileSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { workerPaths } from '../../../src/files/paths.ts';
import { stateText } from '../../../src/journal/state-text.ts';
import { createInbox } from '../fixtures.ts';
import { delivered, leave, settled } from '../leave.ts';
import { setStage } from '../stage.ts';

const ids = (rows: { worker_id: string }[]) => rows.map(({ worker_id }) => worker_id);

const nothing = {
  ...{ completed: [], failed: [], pending_permissions: [] },
  note: 'Nothing to wait for: every worker has settled and was delivered before. list_workers shows their files.',
};

const command = { tool: 'Bash', input: { command: 'ls' } };

/** Stops all timers for the rest of the test; the returned function advances the time. */
function holdTimers(): (milliseconds: number) => void {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date'],
  });
  onTestFinished(() => void vi.useRealTimers());
  return (milliseconds) => void vi.advanceTimersByTime(milliseconds);
}

describe('a wait', () => {
  it('without workers has nothing to wait for', async () => {
    const { wait } = await setStage();
    expect(await wait()).toEqual({
      ...{ completed: [], failed: [], pending_permissions: [] },
      note: 'Nothing to wait for: there are no workers. Start some with spawn_worker.',
    });
  });

  it('knows of its workers also when their processes have gone', async () => {
    const { spawn, wait, insideOf, untilParked } = await setStage();
    const id = await spawn();
    await wait();
    insideOf(id)?.leave({ code: 0, signal: null });
    await untilParked(id);
    expect(await wait()).toEqual(nothing);
    expect(await wait({ timeout_seconds: 0 })).toEqual(nothing);
  });

  it('knows of workers of earlier servers', async () => {
    const { wait, config } = await setStage();
    await leave(config, 1, delivered);
    expect((await wait()).note).toBe(
      'Nothing to wait for: every worker of earlier servers was delivered before, or another server has it. Start some with spawn_worker.',
    );
  });

  it('for a worker that is done with leaves it as it is', async () => {
    const { wait, config, manager } = await setStage();
    const id = await leave(config, 1, delivered);
    const { folder } = workerPaths(config, id);
    const before = readFileSync(join(folder, 'journal.ndjson'), 'utf8');
    expect(await wait({ worker_ids: [id] })).toEqual(nothing);
    expect(readFileSync(join(folder, 'journal.ndjson'), 'utf8')).toBe(before);
    expect(manager.workers.liveIds()).toEqual([]);
  });

  it('tells a problem again when its result was dropped', async () => {
    const { wait, outcome, config } = await setStage();
    const id = await leave(config, 1, settled);
    await appendFile(workerPaths(config, id).journal, 'no record\n');
    const { result, dropped } = await outcome();
    expect(result.note).toContain(`Worker ${id} was not taken over`);
    dropped();
    expect((await wait()).note).toContain(`Worker ${id} was not taken over`);
    expect((await wait()).note).not.toContain(id);
  });

  it('reports of each worker only what the caller needs', async () => {
    const { spawn, wait, config } = await setStage();
    const done = await spawn({ say: 'x'.repeat(100_000) });
    const failed = await spawn({
      result: { is_error: true, result: `API Error ${'y'.repeat(9_000)}` },
    });
    const result = await wait();
    const path = (id: string) => join(config.logsDir, `worker-${id}.json`);
    expect(result).toEqual({
      completed: [
        {
          worker_id: done,
          claude_session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          conversation_history_file_path: path(done),
        },
      ],
      failed: [
        {
          ...{ worker_id: failed, returncode: null, reason: 'api_error' },
          ...{ conversation_history_file_path: path(failed), error_hint: expect.any(String) },
        },
      ],
      pending_permissions: [],
    });
    // The user chooses the folder and so the length of its path.
    const rest = JSON.stringify(result).replaceAll(config.logsDir, '');
    expect(Buffer.byteLength(rest)).toBeLessThan(2 * 400);
    expect(JSON.parse(await readFile(path(done), 'utf8')).result).toHaveLength(100_000);
  });

  it('delivers a worker that settled earlier, exactly once', async () => {
    const { spawn, until, wait } = await setStage();
    const id = await spawn();
    await until(id, 'completed');
    expect(ids((await wait()).completed)).toEqual([id]);
    expect(await wait()).toEqual(nothing);
    expect(await wait({ worker_ids: [id] })).toEqual(nothing);
  });

  it('for all returns when the last worker has settled', async () => {
    const { spawn, until, wait, insideOf } = await setStage();
    const first = await spawn();
    const last = await spawn({ hang: true });
    await until(first, 'completed');
    await until(last, 'running');
    let isOver = false;
    const waiting = wait().finally(() => {
      isOver = true;
    });
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    insideOf(last)?.leave({ code: 1, signal: null });
    const { completed, failed } = await waiting;
    expect([ids(completed), ids(failed)]).toEqual([[first], [last]]);
  });

  it('for any returns when one worker has settled; a later wait delivers the others', async () => {
    const { spawn, until, wait, insideOf } = await setStage();
    const first = await spawn();
    const last = await spawn({ hang: true });
    await until(last, 'running');
    expect(ids((await wait({ mode: 'any' })).completed)).toEqual([first]);
    const waiting = wait({ mode: 'any' });
    insideOf(last)?.leave({ code: 1, signal: null });
    expect(await waiting).toMatchObject({ completed: [], failed: [{ worker_id: last }] });
  });

  it('for some workers delivers only those, and a worker named twice once', async () => {
    const { spawn, until, wait } = await setStage();
    const [mine, other] = [await spawn(), await spawn()];
    await until(other, 'completed');
    expect(ids((await wait({ worker_ids: [mine, mine] })).completed)).toEqual([mine]);
    expect(ids((await wait()).completed)).toEqual([other]);
  });

  it('counts workers that are spawned while it waits', async () => {
    const { spawn, until, wait, launched } = await setStage();
    const first = await spawn({ hang: true });
    await until(first, 'running');
    const waiting = wait();
    const second = await spawn();
    await until(second, 'completed');
    launched[0]?.leave({ code: 1, signal: null });
    const { completed, failed } = await waiting;
    expect([ids(completed), ids(failed)]).toEqual([[second], [first]]);
  });

  it('waits for queued workers too', async () => {
    const { spawn, wait } = await setStage({ maxWorkers: 1 });
    const all = [await spawn(), await spawn(), await spawn()];
    expect(ids((await wait()).completed).toSorted()).toEqual(all.toSorted());
  });

  it('delivers a worker again after it was resumed', async () => {
    const { spawn, wait, manager } = await setStage();
    const id = await spawn();
    await wait();
    await manager.resume(id, 'And now?');
    expect(ids((await wait()).completed)).toEqual([id]);
    expect(await wait()).toEqual(nothing);
  });

  it('returns without a delivered worker only after the journal has its delivery', async () => {
    const { spawn, wait, config } = await setStage();
    const worker_id = await spawn({ say: 'Done.' });
    expect((await wait()).completed).toHaveLength(1);
    expect((await wait()).completed).toEqual([]);
    const journal = join(config.stateDir, `worker-${worker_id}`, 'journal.ndjson');
    expect(readFileSync(journal, 'utf8')).toContain('"DELIVERED"');
  });
});

describe('a permission', () => {
  it('ends every wait at once until it is answered, although other workers run', async () => {
    const { spawn, until, wait, manager, insideOf } = await setStage();
    const asking = await spawn({ ask: [command, { tool: 'Read', input: { file_path: 'a' } }] });
    const other = await spawn({ hang: true });
    await until(other, 'running');
    let result = await wait();
    // Both requests come together, but wait returns with the first one. A wait that returns at once
    // gives the server no time to read the second one.
    while (result.pending_permissions.length < 2) {
      await new Promise(setImmediate);
      result = await wait();
    }
    const { pending_permissions, note } = result;
    const request_id = expect.any(String);
    expect(pending_permissions).toEqual([
      { request_id, worker_id: asking, ...command },
      { request_id, worker_id: asking, tool: 'Read', input: { file_path: 'a' } },
    ]);
    expect(note).toBe('Answer each request with approve_permission, then call wait again.');
    expect((await wait({ mode: 'all' })).pending_permissions).toEqual(pending_permissions);

    for (const { request_id: id } of pending_permissions) {
      await manager.approve({ request_id: id, allow: true }, 'caller');
    }
    await until(asking, 'completed');
    insideOf(other)?.leave({ code: 1, signal: null });
    expect(await wait()).toMatchObject({
      ...{ completed: [{ worker_id: asking }], pending_permissions: [] },
    });
  });

  it('comes in one result with the workers that have settled', async () => {
    const { spawn, until, wait } = await setStage();
    const done = await spawn();
    await until(done, 'completed');
    const asking = await spawn({ ask: [command] });
    const result = await wait();
    expect([ids(result.completed), ids(result.pending_permissions)]).toEqual([[done], [asking]]);
  });

  it('of a worker that the wait does not name does not end it', async () => {
    const { spawn, until, wait } = await setStage();
    await until(await spawn({ ask: [command] }), 'awaiting_permission');
    const done = await spawn();
    const result = await wait({ worker_ids: [done] });
    expect(result).toMatchObject({ completed: [{ worker_id: done }], pending_permissions: [] });
  });

  it('that is withdrawn at once does not end a wait with an empty result', async () => {
    const { spawn, wait } = await setStage();
    const request = { subtype: 'can_use_tool', tool_name: 'Bash', input: {} };
    const lines = [
      { type: 'control_request', request_id: 'c1', request },
      { type: 'control_cancel_request', request_id: 'c1' },
    ];
    const line = lines.map((part) => `${JSON.stringify(part)}\n`).join('');
    const id = await spawn({ line }, { hang: true });
    const result = await wait({ timeout_seconds: 1 });
    expect(result).toMatchObject({ running: [{ worker_id: id }] });
  });

  it('with a long input shows its begin and its end, and counts the missing characters', async () => {
    const { spawn, wait } = await setStage();
    const content = `begin${'x'.repeat(50_000)}end`;
    await spawn({ ask: [{ tool: 'Write', input: { content } }] });
    const [row] = (await wait()).pending_permissions;
    expect(row?.input.content).toMatch(
      /^beginx+\n\[… 40008 characters are not shown here; .*\]\nx+end$/,
    );
  });
});

describe('several waits at once', () => {
  it('deliver each worker to exactly one of them', async () => {
    const { spawn, until, wait, launched } = await setStage();
    const id = await spawn({ hang: true });
    await until(id, 'running');
    const waiting = [wait(), wait({ mode: 'any' }), wait({ worker_ids: [id] })];
    launched[0]?.leave({ code: 1, signal: null });
    const results = await Promise.all(waiting);
    expect(results.flatMap(({ failed }) => ids(failed))).toEqual([id]);
  });

  it('for any get one worker each: the second one returns with the next worker', async () => {
    const { spawn, until, wait, launched } = await setStage();
    const all = [await spawn({ hang: true }), await spawn({ hang: true })];
    for (const id of all) await until(id, 'running');
    const waiting = [wait({ mode: 'any' }), wait({ mode: 'any' })];
    launched[0]?.leave({ code: 1, signal: null });
    await Promise.race(waiting);
    launched[1]?.leave({ code: 1, signal: null });
    const results = await Promise.all(waiting);
    const rows = results.map(({ failed }) => ids(failed));
    expect(rows.flat().toSorted()).toEqual(all.toSorted());
    expect(rows.map(({ length }) => length)).toEqual([1, 1]);
  });

  it('do not deliver at their time-out a worker that another wait has claimed', async () => {
    const { spawn, until, wait, outcome, launched } = await setStage();
    const [first, second] = [await spawn({ hang: true }), await spawn({ hang: true })];
    for (const id of [first, second]) await until(id, 'running');
    const advance = holdTimers();
    const patient = wait({ timeout_seconds: 1 });
    const quick = outcome({ mode: 'any' });
    const process = launched.find(({ input }) => input.env.AWM_WORKER === first);
    process?.leave({ code: 1, signal: null });
    expect(ids((await quick).result.failed)).toEqual([first]);
    advance(1_000);
    expect(await patient).toMatchObject({ failed: [], running: [{ worker_id: second }] });
  });

  it('do not deliver a worker that another wait has claimed', async () => {
    const { spawn, until, wait, outcome } = await setStage();
    const id = await spawn();
    await until(id, 'completed');
    const { result, delivered } = await outcome();
    expect(ids(result.completed)).toEqual([id]);
    expect(await wait()).toEqual(nothing);
    delivered();
    expect(await wait()).toEqual(nothing);
  });

  it('report the next turn of a worker while its last result is not written yet', async () => {
    const { spawn, until, wait, outcome, manager } = await setStage();
    const id = await spawn();
    await until(id, 'completed');
    const { result, delivered } = await outcome();
    expect(ids(result.completed)).toEqual([id]);
    await manager.resume(id, 'And now?');
    await until(id, 'completed');
    expect(ids((await wait()).completed)).toEqual([id]);
    delivered();
    expect(await wait()).toEqual(nothing);
  });

  it('do not take the next turn as delivered with the last result', async () => {
    const { spawn, until, wait, outcome, manager } = await setStage();
    const id = await spawn();
    await until(id, 'completed');
    const { delivered } = await outcome();
    await manager.resume(id, 'And now?');
    await until(id, 'completed');
    delivered();
    expect(ids((await wait()).completed)).toEqual([id]);
  });

  it('deliver a worker whose earlier result was dropped', async () => {
    const { spawn, until, wait, outcome } = await setStage();
    const id = await spawn();
    await until(id, 'completed');
    const { dropped } = await outcome();
    dropped();
    expect(ids((await wait()).completed)).toEqual([id]);
  });
});

describe('a wait that is cancelled', () => {
  it('rejects with the reason, delivers nothing and touches no worker', async () => {
    const { spawn, until, outcome, wait, launched, manager } = await setStage();
    const id = await spawn({ hang: true });
    await until(id, 'running');
    const controller = new AbortController();
    const waiting = outcome({ signal: controller.signal });
    const rejection = expect(waiting).rejects.toThrow('Esc');
    await new Promise(setImmediate);
    controller.abort(new Error('Esc'));
    await rejection;
    expect(stateText(manager.workers.find(id)?.getSnapshot().value)).toBe('running');
    launched[0]?.leave({ code: 1, signal: null });
    expect(ids((await wait()).failed)).toEqual([id]);
  });

  it('before it begins also delivers nothing', async () => {
    const { spawn, until, outcome, wait } = await setStage();
    const id = await spawn();
    await until(id, 'completed');
    const signal = AbortSignal.abort(new Error('Esc'));
    await expect(outcome({ signal })).rejects.toThrow('Esc');
    expect(ids((await wait()).completed)).toEqual([id]);
  });
});

describe('a wait whose time is up', () => {
  it('returns a normal result that lists what runs', async () => {
    const { spawn, until, wait } = await setStage();
    const done = await spawn();
    const running = await spawn({ hang: true });
    await until(done, 'completed');
    await until(running, 'running');
    expect(await wait({ timeout_seconds: 0.01 })).toEqual({
      completed: [expect.objectContaining({ worker_id: done })],
      ...{ failed: [], pending_permissions: [] },
      running: [{ worker_id: running, state: 'running', seconds: expect.any(Number) }],
      note: 'The time is up; the workers go on. Call wait again, or stop_worker to end them.',
    });
  });

  it('delivers the workers that have settled', async () => {
    const { spawn, until, wait } = await setStage();
    await until(await spawn(), 'completed');
    await until(await spawn({ hang: true }), 'running');
    await wait({ timeout_seconds: 0 });
    expect((await wait({ timeout_seconds: 0 })).completed).toEqual([]);
  });

  it('at once still delivers a settled worker', async () => {
    const { spawn, until, wait } = await setStage();
    const id = await spawn();
    await until(id, 'completed');
    expect(ids((await wait({ timeout_seconds: 0 })).completed)).toEqual([id]);
  });
});

describe('the progress of a wait', () => {
  it('is reported at once, and then on every change', async () => {
    const { spawn, until, wait } = await setStage();
    await until(await spawn(), 'completed');
    await until(await spawn({ hang: true }), 'running');
    const reported = createInbox<string>();
    const waiting = wait({ onProgress: reported.push });
    await reported.count(1);
    await spawn({ ask: [command] });
    await reported.until((lines) => lines.some((line) => line.includes('permission')));
    await waiting;
    expect(reported.items[0]).toBe('1 of 2 done, $0.01');
    expect(reported.items.at(-1)).toBe('1 of 3 done, 1 needs a permission, $0.01');
    expect(new Set(reported.items).size).toBe(reported.items.length);
  });

  it('never counts fewer workers or a smaller cost, also when processes go', async () => {
    const { spawn, until, wait, insideOf, untilParked } = await setStage();
    const done = await spawn();
    await wait();
    const last = await spawn({ hang: true });
    await until(last, 'running');
    const reported = createInbox<string>();
    const waiting = wait({ onProgress: reported.push });
    await reported.count(1);
    insideOf(done)?.leave({ code: 0, signal: null });
    await untilParked(done);
    insideOf(last)?.leave({ code: 1, signal: null });
    await waiting;
    expect(reported.items).toEqual(['1 of 2 done, $0.01', '2 of 2 done, $0.01']);
  });

  it('is one line a second while many workers settle, and ends with the last state', async () => {
    const { spawn, wait } = await setStage();
    const spawned = Array.from({ length: 20 }, () => spawn());
    const reported: string[] = [];
    const begun = performance.now();
    await Promise.all(spawned);
    await wait({ onProgress: (line) => reported.push(line) });
    const seconds = Math.floor((performance.now() - begun) / 1_000);
    expect(reported.length).toBeLessThanOrEqual(2 + seconds);
    expect(reported.at(-1)).toMatch(/^20 of 20 done/);
  });

  it('is reported every 25 seconds without a change, until the wait ends', async () => {
    const { spawn, until, outcome } = await setStage();
    await until(await spawn({ hang: true }), 'running');
    const advance = holdTimers();
    const reported = createInbox<string>();
    const controller = new AbortController();
    const waiting = outcome({ signal: controller.signal, onProgress: reported.push });
    const rejection = expect(waiting).rejects.toThrow('over');
    await reported.count(1);
    const counts = [1, 2, 3].map(() => {
      advance(25_000);
      return reported.items.length;
    });
    controller.abort(new Error('over'));
    await rejection;
    advance(100_000);
    expect(counts).toEqual([2, 3, 4]);
    expect(reported.items).toEqual(Array(4).fill('0 of 1 done, $0.00'));
  });
});
