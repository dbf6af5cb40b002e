import { describe, expect, it } from 'vitest';
import type { SetUp, WorkerEvent, WorkerSpec } from '../../machines/worker.ts';
import { having, newWorker, on, step, until } from './fixtures.ts';

const changed = (setUp: Omit<SetUp, 'cwd'>): WorkerEvent => ({ type: 'SET_UP_CHANGED', ...setUp });
const seen = (permission_mode: string) => changed({ permission_mode });
const planAnswer = (allow: boolean): WorkerEvent[] => [
  on.asked('cli-1', { tool: 'ExitPlanMode' }),
  on.answer('cli-1', { allow }),
];

/** Returns the START of a follow-up in a new process, after some events in the first turn. */
function nextStart(spec: Partial<WorkerSpec>, ...events: WorkerEvent[]) {
  const running = having(newWorker(spec), ...until.running);
  const settled = having(running, ...events, on.result(), on.exited(), on.resume);
  return step(settled, on.slot).commands[0];
}

const inMode = (permission_mode: string) => ({ options: { permission_mode } });
const plan = inMode('plan');

describe('a later process starts', () => {
  it.each([
    ['default', 'plan'],
    ['acceptEdits', 'plan'],
    ['acceptEdits', 'default'],
    ['auto', 'acceptEdits'],
    ['bypassPermissions', 'default'],
  ])('for a worker in %s in the mode %s, which grants less', (own, mode) => {
    expect(nextStart(inMode(own), seen(mode))).toMatchObject({ permission_mode: mode });
  });

  it.each([
    ['plan', 'default'],
    ['default', 'acceptEdits'],
    ['default', 'auto'],
    ['default', 'bypassPermissions'],
    ['acceptEdits', 'bypassPermissions'],
    ['default', 'dontAsk'],
    ['dontAsk', 'default'],
    ['dontAsk', 'plan'],
    ['dontAsk', 'bypassPermissions'],
    ['default', 'a mode of a later version'],
    ['default', 'default'],
  ])('for a worker in %s in its own mode after %s', (own, mode) => {
    expect(nextStart(inMode(own), seen(mode))).not.toHaveProperty('permission_mode');
  });

  it('in default after an approved plan', () => {
    const start = nextStart(plan, ...planAnswer(true), seen('default'));
    expect(start).toMatchObject({ permission_mode: 'default' });
  });

  it.each(['acceptEdits', 'auto', 'bypassPermissions', 'dontAsk'])(
    'in no mode that an approved plan does not give: %s',
    (mode) => {
      const start = nextStart(plan, ...planAnswer(true), seen(mode));
      expect(start).not.toHaveProperty('permission_mode');
    },
  );

  it.each([
    ['a refused plan', [...planAnswer(false), seen('default')]],
    ['another plan', [...planAnswer(true), seen('default'), seen('plan')]],
    ['another plan, left by itself', [...planAnswer(true), seen('plan'), seen('default')]],
  ])('in plan after %s', (_, events) => {
    expect(nextStart(plan, ...events)).not.toHaveProperty('permission_mode');
  });

  it('in the mode that the last turn of a process named', () => {
    const opened = { ...on.opened, permission_mode: 'plan' };
    expect(nextStart({}, opened)).toMatchObject({ permission_mode: 'plan' });
  });

  it('in the session that claude has begun', () => {
    expect(nextStart({}, changed({ session_id: 'session-2' }))).toMatchObject({
      session_id: 'session-2',
    });
    expect(nextStart({}, { ...on.opened, session_id: 'session-1' })).not.toHaveProperty(
      'session_id',
    );
  });

  it('with what the worker has spent, where it has a budget', () => {
    expect(nextStart({ options: { max_budget_usd: 1 } })).toMatchObject({ spent_usd: 0.5 });
    expect(nextStart({})).not.toHaveProperty('spent_usd');
  });
});

describe('a choice by a command of claude', () => {
  const settled = having(newWorker(), ...until.completed);
  const chosen = (text: string, what: 'model' | 'effort') => {
    const resume: WorkerEvent = { type: 'RESUME', prompt: { id: 'prompt-2', text } };
    const result = on.result({ prompt_ids: ['prompt-2'], chosen: what });
    const turn = [resume, on.slot, on.accepted('prompt-2'), on.opened, result, on.exited()];
    const next = having(settled, ...turn, on.resume);
    return step(next, on.slot).commands[0];
  };

  it('holds in later processes', () => {
    expect(chosen('/model opus', 'model')).toMatchObject({ model: 'opus' });
    expect(chosen('/effort low ', 'effort')).toMatchObject({ effort: 'low' });
  });

  it.each([
    ['/model opus', 'effort'],
    ['/model', 'model'],
    ['Use /model opus', 'model'],
    ['/model opus please', 'model'],
  ] as const)('is not made by %s with a result of %s', (text, what) => {
    const start = chosen(text, what);
    expect(start).not.toHaveProperty('model');
    expect(start).not.toHaveProperty('effort');
  });
});

describe('a turn of a session that is in a worktree', () => {
  const entered = having(newWorker(), ...until.running, changed({ worktree: '/project/tree' }));
  const opened = (cwd: string) => having(entered, { ...on.opened, cwd }).context.left_folder;

  it.each(['/project/tree', '/project/tree/src'])('runs in it at %s', (cwd) => {
    expect(opened(cwd)).toBeNull();
  });

  it.each(['/project', '/project/tree-2'])('runs outside of it at %s', (cwd) => {
    expect(opened(cwd)).toEqual({ from: '/project/tree', to: cwd });
  });

  it('runs anywhere once it has left the worktree', () => {
    const left = having(entered, changed({ worktree: null }), { ...on.opened, cwd: '/project' });
    expect(left.context.left_folder).toBeNull();
  });
});
