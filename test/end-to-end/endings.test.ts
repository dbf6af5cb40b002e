import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/practice/script.ts';
import {
  bash,
  claude,
  type Session,
  type Stage,
  scripted,
  setStage,
  untilWritten,
} from './harness.ts';
import { isHostileHome } from './hostile-home.ts';
import { endServer } from './processes.ts';
import { shareSession } from './support-shared.ts';
import { run, type Settled, settle } from './support-worker.ts';

const shared = shareSession({ env: { CLAUDE_CODE_MAX_RETRIES: '0' } });
const silent: Step[] = [{ text: '' }, { text: '' }];
const touch = bash('touch done');
const options = { allowed_tools: ['Bash'] };

/** Runs one more turn of a worker to its end. */
async function followUp(stage: Stage, session: Session, id: string, prompt: string) {
  await session.call('resume_worker', { worker_id: id, prompt });
  return settle(stage, session, id);
}

/** Writes a program that a server can start as its `claude`. */
async function program({ outside }: Stage, ...lines: string[]): Promise<string> {
  const path = join(outside, 'claude.sh');
  await writeFile(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  await chmod(path, 0o700);
  return path;
}

describe('a turn whose last message is empty', () => {
  const expectLastText = ({ row, history }: Settled) => {
    const warning = /^The last message of the turn was empty; the result is the last text before/;
    expect(row).toMatchObject({ warning: expect.stringMatching(warning) });
    expect(row).not.toHaveProperty('reason');
    expect(history).toMatchObject({ status: 'completed', result: 'Then I touch it.' });
    expect(history.turns.at(-1)).toMatchObject({
      result: 'Then I touch it.',
      warning: row.warning,
    });
  };

  it('has its last text as its result', async () => {
    const { stage, session } = shared();
    const steps = [
      { text: 'I look.', ...bash('ls') },
      { text: 'Then I touch it.', ...touch },
    ];
    expectLastText(await run(stage, session, scripted(...steps, ...silent), options));
  });

  it('has its last text also when another server began to follow it', async () => {
    const stage = await setStage();
    const first = await stage.connect();
    const wait = bash('touch waits; while [ ! -e goes ]; do sleep 0.1; done');
    const prompt = scripted({ text: 'Then I touch it.', ...wait }, ...silent);
    const id = await first.spawn(prompt, options);
    await untilWritten(join(stage.project, 'waits'), /^/);
    await endServer(first, 'SIGKILL');
    const second = await stage.connect();
    await second.call('list_workers');
    await writeFile(join(stage.project, 'goes'), '');
    expectLastText(await settle(stage, second, id));
  });

  it('fails with no_answer and the tools that ran when it has no text at all', async () => {
    const { stage, session } = shared();
    const before = await run(stage, session, scripted({ text: 'Text of another turn.' }), options);
    const prompt = scripted(touch, touch, ...silent);
    const { row, history } = await followUp(stage, session, before.id, prompt);
    expect(row).toMatchObject({ reason: 'no_answer' });
    expect(row.error_hint).toMatch(
      /^The turn ended without an answer, after 2 tool calls: Bash\. /,
    );
    expect(history).toMatchObject({ status: 'failed', result: '' });
  });
});

describe('a command of claude', () => {
  it('/compact completes a turn without a text, in the kept process and in a new one', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const id = await session.spawn(scripted({ text: 'One.' }));
    await settle(stage, session, id);
    for (const isKept of [true, false]) {
      if (!isKept) await session.call('stop_worker', { worker_ids: [id] });
      const { row, history } = await followUp(stage, session, id, '/compact');
      expect(row).toMatchObject({ worker_id: id });
      expect(row).not.toHaveProperty('reason');
      expect(history.turns.at(-1)).toMatchObject({ status: 'completed', prompt: '/compact' });
    }
  });

  it('/context completes a turn with its text', async () => {
    const { stage, session } = shared();
    const { history } = await run(stage, session, '/context');
    expect(history).toMatchObject({ status: 'completed' });
    expect(history.result).toContain('Context Usage');
  });

  it.each(['/clear', '/clear and go on', '/reset', '/new\nGo on.'])(
    '%j is refused, because it begins another conversation',
    async (prompt) => {
      const { stage, session } = shared();
      const args = { description: 'Anything', prompt };
      const words = /^prompt must not begin with \/\w+: it ends the conversation of the worker/;
      expect(await session.refusal('spawn_worker', args)).toMatch(words);
      const { id, history } = await run(stage, session, scripted({ text: 'One.' }));
      expect(await session.refusal('resume_worker', { worker_id: id, prompt })).toMatch(words);
      const { turns, session_id } = await stage.history(id);
      expect({ turns, session_id }).toEqual({
        turns: history.turns,
        session_id: history.session_id,
      });
    },
  );

  it('that only looks like one is a prompt', async () => {
    const { stage, session } = shared();
    const { history } = await run(
      stage,
      session,
      `/clearly a prompt ${scripted({ text: 'Yes.' })}`,
    );
    expect(history).toMatchObject({ status: 'completed', result: 'Yes.' });
  });
});

it('a conversation that the API refuses twice in the same way is named as such', async () => {
  const { stage, session } = shared();
  const message = 'messages.1: orphaned tool_result in conversation history.';
  const refused = scripted({ error: { status: 400, type: 'invalid_request_error', message } });
  const first = await run(stage, session, refused);
  expect(first.row.error_hint).toBe(`API Error: 400 ${message}`);
  const second = await followUp(stage, session, first.id, refused);
  expect(second.row).toMatchObject({ reason: 'api_error' });
  expect(second.row.error_hint).toMatch(
    /^API Error: 400 messages\.1: .* probably refuses this conversation itself\. Start a new worker with spawn_worker/,
  );
  const answered = await followUp(stage, session, first.id, scripted({ text: 'Fine.' }));
  expect(answered.history).toMatchObject({ status: 'completed', result: 'Fine.' });
});

describe('the hint of a process that died', () => {
  it('has nothing that an earlier process of the worker wrote to stderr', async () => {
    const stage = await setStage();
    const warn = `[ -e seen ] || { echo "Warning: the update server is away" >&2; touch seen; }`;
    const AWM_CLAUDE = await program(stage, warn, `exec ${claude} "$@"`);
    const args = ['--keep-alive-seconds', '0'];
    const session = await stage.connect({ args, env: { AWM_CLAUDE } });
    const id = await session.spawn(scripted({ text: 'One.' }));
    await settle(stage, session, id);
    await stage.journaled(id, 'EXITED');
    const prompt = scripted({ text: 'Never.', delay_ms: 60_000 });
    await session.call('resume_worker', { worker_id: id, prompt });
    await stage.journaled(id, 'TURN_OPENED', 2);
    process.kill(await stage.pid(id), 'SIGKILL');
    const { row } = await settle(stage, session, id);
    expect(row.reason).toBe('killed');
    // In the hostile home every process of claude warns that the project is not trusted.
    if (isHostileHome()) expect(row.error_hint).not.toContain('update server');
    else expect(row.error_hint).toBe('claude was ended by SIGKILL');
  });

  it('has the beginning and the end of what it wrote, and the reason spawn_error before its first line', async () => {
    const stage = await setStage();
    const first = 'echo "Error: claude native binary not installed." >&2';
    const middle =
      'for n in $(seq 200); do echo "  either the install script did not run" >&2; done';
    const last = 'echo "Run: node install.cjs" >&2; exit 1';
    const AWM_CLAUDE = await program(stage, first, middle, last);
    const session = await stage.connect({ env: { AWM_CLAUDE } });
    const { row } = await run(stage, session, 'Hello', { model: 'claude-sonnet-4-6' });
    expect(row).toMatchObject({ reason: 'spawn_error', returncode: 1 });
    expect(row.error_hint).toMatch(
      /^claude exited with code 1 before it was ready: Error: claude native binary not installed\. .* … .*Run: node install\.cjs$/,
    );
  });
});
