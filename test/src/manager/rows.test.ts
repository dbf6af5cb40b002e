import { describe, expect, it } from 'vitest';
import type { WorkerContext } from '../../../machines/worker.ts';
import { completedRow, failedRow, permissionRows, workerRow } from '../../../src/manager/rows.ts';
import { permissionRequest, workerId, workerSpec } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';
import { createRecorded } from '../journal/actor.ts';
import { setStage } from '../stage.ts';

/** Returns the context of a new worker with some fields changed. */
function contextOf(fields: Partial<WorkerContext>): WorkerContext {
  return { ...createRecorded().actor.getSnapshot().context, ...fields };
}

const folders = foldersIn('/logs');
const path = `/logs/worker-${workerId()}.json`;

describe('the row of a completed worker', () => {
  it('gives its session and the path of its history file', () => {
    expect(completedRow(contextOf({}), folders)).toEqual({
      ...{ worker_id: workerId(), claude_session_id: workerSpec().session_id },
      conversation_history_file_path: path,
    });
  });

  it('warns when the history file could not be written', () => {
    expect(completedRow(contextOf({ save_error: 'ENOSPC' }), folders)).toMatchObject({
      warning: 'The history file could not be written: ENOSPC',
    });
  });
});

describe('the row of a failed worker', () => {
  const failed = (hint: string, fields: Partial<WorkerContext> = {}) =>
    failedRow(
      contextOf({ failure: { reason: 'crashed', hint, returncode: 3 }, ...fields }),
      folders,
    );

  it('gives the reason, the code and a hint', () => {
    expect(failed('It broke.')).toEqual({
      ...{ worker_id: workerId(), returncode: 3, reason: 'crashed', error_hint: 'It broke.' },
      conversation_history_file_path: path,
    });
  });

  it('shortens a long hint and counts the missing characters', () => {
    expect(failed('x'.repeat(640)).error_hint).toBe(`${'x'.repeat(600)}… [40 more characters]`);
  });

  it('also says that the history file could not be written', () => {
    expect(failed('It broke.', { save_error: 'ENOSPC' }).error_hint).toBe(
      'It broke. The history file could not be written: ENOSPC',
    );
  });

  it('also gives the warning of its turn', () => {
    const problems = { warning: '2 answers were cut.', save_error: 'ENOSPC' };
    expect(failed('It broke.', problems).error_hint).toBe(
      'It broke. 2 answers were cut. The history file could not be written: ENOSPC',
    );
  });

  it('has no half of a character where it is cut', () => {
    const { error_hint } = failed(`${'x'.repeat(599)}😀${'y'.repeat(9)}`);
    expect(error_hint).toBe(`${'x'.repeat(599)}… [11 more characters]`);
  });

  it('escapes control characters', () => {
    expect(failed('a\u001b[2Jb\u202e').error_hint).toBe('a\\u001b[2Jb\\u202e');
  });
});

describe('the rows of permissions', () => {
  it('come in the order of the requests, without internal fields', () => {
    const requests = [permissionRequest(), permissionRequest({ request_id: 'r2', tool: 'Read' })];
    expect(permissionRows(contextOf({ requests }))).toEqual([
      { request_id: 'r1', worker_id: workerId(), tool: 'Bash', input: { command: 'ls' } },
      { request_id: 'r2', worker_id: workerId(), tool: 'Read', input: { command: 'ls' } },
    ]);
  });

  it('have no half of a character where a long text is cut', () => {
    const [before, after] = ['b'.repeat(4_999), 'a'.repeat(4_999)];
    const input = { long: `${before}😀 middle 😀${after}` };
    const [row] = permissionRows(contextOf({ requests: [permissionRequest({ input })] }));
    expect(row?.input.long).toBe(
      `${before}\n[… 12 characters are not shown here; the worker's journal has them …]\n${after}`,
    );
  });

  it('keep an input as it is, except very long texts', () => {
    const input = {
      keep: 'x'.repeat(10_000),
      list: [{ long: `a${'x'.repeat(10_000)}z` }],
      n: null,
    };
    const [row] = permissionRows(contextOf({ requests: [permissionRequest({ input })] }));
    expect(row?.input).toEqual({
      ...input,
      list: [
        {
          long: `a${'x'.repeat(4_999)}\n[… 2 characters are not shown here; the worker's journal has them …]\n${'x'.repeat(4_999)}z`,
        },
      ],
    });
  });
});

describe('the row of any worker', () => {
  it('gives its state, the seconds in it, and its last message', async () => {
    const { spawn, until, manager, config } = await setStage();
    const id = await spawn({ say: `Looking\nat ${'x'.repeat(100)}` }, { hang: true });
    await until(id, 'running');
    while (manager.workers.activityOf(id).lastLine === '') await new Promise(setImmediate);
    const snapshot = manager.workers.find(id)?.getSnapshot();
    const { since } = manager.workers.activityOf(id);
    const input = { folders: config, now: since + 90_400 };
    expect(snapshot && workerRow(snapshot, manager.workers, input)).toEqual({
      ...{ worker_id: id, description: 'A test worker', state: 'running', seconds: 90 },
      last_activity: expect.stringMatching(/^90 s ago: Looking at x+… \[\d+ more characters\]$/),
      ...{ cost_usd: 0, conversation_history_file_path: `${config.logsDir}/worker-${id}.json` },
    });
  });
});
