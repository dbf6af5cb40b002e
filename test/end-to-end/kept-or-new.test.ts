import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  type Answer,
  bash,
  claude,
  conversationOf,
  openStage,
  type Session,
  type Stage,
  scripted,
  toolResultsOf,
} from './harness.ts';
import { keepsItsSession } from './hostile-home.ts';
import { makeRepository } from './support-git.ts';
import { bodyOf } from './support-worker.ts';

const run = promisify(execFile);

/** What happens before the follow-up, and the follow-up. */
interface Kind {
  options?: Record<string, unknown>;
  first: string;
  /** More turns before the follow-up. */
  later?: string[];
  /** What somebody else does to the session. */
  byHand?: (stage: Stage, session_id: string) => Promise<void>;
  followUp?: string;
  /** False where no new process is started, because it could do nothing. */
  startsAgain?: boolean;
}

const say = (text: string): string => scripted({ text });
const use = (name: string, input: Record<string, unknown> = {}) => ({ tools: [{ name, input }] });

/** Continues a session as a user does in a terminal. */
async function continueByHand(stage: Stage, session_id: string): Promise<void> {
  const env = { PATH: process.env.PATH ?? '', HOME: stage.home, ...stage.api.environment() };
  const running = run(claude, ['-p', ...keepsItsSession, '--resume', session_id, say('KIWI')], {
    ...{ env, cwd: stage.project },
  });
  running.child.stdin?.end();
  await running;
}

const kinds: Record<string, Kind> = {
  'a question more': { first: say('one') },
  'a follow-up after a turn that failed': {
    first: scripted({ error: { status: 400, message: 'No.' } }),
  },
  'a follow-up after an approved plan': {
    options: { permission_mode: 'plan' },
    first: scripted(use('ExitPlanMode', { plan: 'Do it.' }), { text: 'planned' }),
    followUp: scripted(bash('touch done'), { text: 'done' }),
  },
  'a follow-up after the model went into plan mode': {
    first: scripted(use('EnterPlanMode'), { text: 'in plan mode' }),
  },
  'a follow-up after /model': { first: say('one'), later: ['/model sonnet'] },
  'a follow-up after /model, against an option': {
    options: { model: 'opus' },
    ...{ first: say('one'), later: ['/model sonnet', say('two')] },
  },
  'a follow-up after /model default': {
    options: { model: 'sonnet' },
    ...{ first: say('one'), later: ['/model default'] },
  },
  'a follow-up after /model with no such name': { first: say('one'), later: ['/model'] },
  'a follow-up after /effort': { first: say('one'), later: ['/effort low'] },
  'a follow-up after /effort, against an option': {
    options: { effort: 'high' },
    ...{ first: say('one'), later: ['/effort low'] },
  },
  'a follow-up after /compact': { first: say('one'), later: ['/compact'] },
  'a follow-up after EnterWorktree': {
    options: { allowed_tools: ['Bash'] },
    first: scripted(use('EnterWorktree', {}), { text: 'in' }),
    followUp: scripted(bash('basename $(dirname $PWD)'), { text: 'x' }),
  },
  'a follow-up after ExitWorktree': {
    options: { allowed_tools: ['Bash'] },
    first: scripted(use('EnterWorktree', {}), use('ExitWorktree', { action: 'keep' }), {
      text: 'out',
    }),
    followUp: scripted(bash('pwd'), { text: 'x' }),
  },
  'a follow-up with a budget that is spent': {
    ...{ options: { max_budget_usd: 0.01 }, startsAgain: false },
    first: scripted(bash('true'), { text: 'one' }),
  },
  'a follow-up with a budget of which something is left': {
    options: { max_budget_usd: 0.09, allowed_tools: ['Bash'] },
    first: say('one'),
    followUp: scripted(bash('true'), { text: 'two' }),
  },
  'a follow-up after somebody else continued the session': {
    first: say('one'),
    byHand: continueByHand,
  },
};

/** Waits until the worker settles; allows whatever it asks, and returns what that was. */
async function settleAllowing(session: Session, id: string): Promise<string[]> {
  const asked: string[] = [];
  for (;;) {
    const answer = await session.call('wait', { worker_ids: [id] });
    if (answer.pending_permissions.length === 0) return asked;
    for (const { request_id, tool } of answer.pending_permissions) {
      asked.push(tool);
      await session.call('approve_permission', { request_id, allow: true });
    }
  }
}

/** Runs the turns of a kind; returns what shows of its last turn to the API and to the caller. */
async function play(stage: Stage, kind: Kind, isKept: boolean): Promise<Answer> {
  const session = await stage.connect();
  const id = await session.spawn(kind.first, kind.options);
  await settleAllowing(session, id);
  for (const prompt of kind.later ?? []) {
    await session.call('resume_worker', { worker_id: id, prompt });
    await settleAllowing(session, id);
  }
  const { session_id } = await stage.history(id);
  if (!isKept) {
    process.kill(await stage.pid(id));
    await stage.journaled(id, 'EXITED');
  }
  await kind.byHand?.(stage, session_id);
  const before = stage.api.requests.length;
  await session.call('resume_worker', { worker_id: id, prompt: kind.followUp ?? say('more') });
  const asked = await settleAllowing(session, id);
  const requests = stage.api.requests.slice(before).filter(({ path }) => path === '/v1/messages');
  const { turns, result } = await stage.history(id);
  const { status, reason } = turns.at(-1);
  const records = await stage.journal(id);
  const opened = records.findLast(({ event }) => event.type === 'TURN_OPENED');
  const starts = records.filter(({ event }) => event.type === 'PROCESS_STARTED').length;
  expect(starts).toBe(isKept && !kind.byHand ? 1 : kind.startsAgain === false ? 1 : 2);
  await session.close();
  return {
    ...{ asked, status, reason, result, mode: opened.event.permission_mode },
    requests: requests.map((request) => {
      const { model, output_config, thinking, max_tokens, tools } = bodyOf({ requests: [request] });
      const names = tools.map(({ name }: Answer) => name);
      return {
        model,
        output_config,
        thinking,
        max_tokens,
        names,
        said: conversationOf(request),
        done: toolResultsOf(request),
      };
    }),
  };
}

describe('the process that was kept and a new process do the same', () => {
  it.concurrent.each(Object.entries(kinds))('in %s', async (name, kind) => {
    const { stage, takeDown } = await openStage();
    try {
      await makeRepository(stage);
      const kept = await play(stage, kind, true);
      const fresh = await play(stage, kind, false);
      expect(withoutIds(fresh)).toEqual(withoutIds(kept));
      expect({ name, kept }).toMatchObject({ kept: expected[name] ?? {} });
    } finally {
      await takeDown();
    }
  });
});

/** What is right for both. */
const expected: Record<string, unknown> = {
  'a follow-up after an approved plan': { mode: 'default', asked: ['Bash'] },
  'a follow-up after the model went into plan mode': { mode: 'plan' },
  'a follow-up with a budget that is spent': { status: 'failed', reason: 'budget', requests: [] },
  'a follow-up with a budget of which something is left': { reason: 'budget' },
};

/** Replaces what differs between any two workers: ids, and the names of worktrees and transcripts. */
const withoutIds = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value).replace(
      /[0-9a-f]{8}-[0-9a-f-]{27}|worktrees?[/-][\w-]+|toolu_\w+/g,
      'ID',
    ),
  );
