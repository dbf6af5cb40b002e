import { expect, it } from 'vitest';
import type { Happened } from './accidents.ts';
import type { Task } from './task.ts';
import { during, judgeCompleted, judgeFailed, type TurnCase } from './turns.ts';

const task: Task = {
  tag: 'W1.T2',
  prompt: 'W1.T2',
  steps: [
    {
      text: 'W1.T2.S0.',
      tools: [
        { name: 'Bash', input: { command: 'echo W1.T2.C1.allow' } },
        { name: 'Bash', input: { command: 'echo W1.T2.C2.deny' } },
      ],
    },
    { text: 'W1.T2.S1.' },
  ],
  result: 'W1.T2.S1.',
};
const kill: Happened = { at: 5_000, target: 'worker', what: 'kill', worker_id: 'w1' };

/** Returns the findings for a correct turn with some changed fields. */
function findings(judgeTurn: typeof judgeCompleted, fields: Partial<TurnCase>): string[] {
  const verdict = {
    lost: [],
    duplicated: [],
    orphans: [],
    broken: [],
    turns: 0,
    standby: 0,
    tidied: 0,
  };
  const witness = {
    answered: new Map([
      ['W1.T2.S0', 1],
      ['W1.T2.S1', 1],
    ]),
    ran: new Map([['W1.T2.C1.allow', 1]]),
  };
  const said = 'W1.T2.S0. W1.T2.S1.';
  const whole = { turn: { result: 'W1.T2.S1.' }, task, said, witness };
  judgeTurn({ ...whole, happened: [], happenedBefore: [], emptied: [], ...fields }, verdict);
  return [...verdict.lost, ...verdict.broken];
}

it('a completed turn has its result, every answer in its history and a run of every allowed command', () => {
  expect(findings(judgeCompleted, {})).toEqual([]);
  const witness = { answered: new Map([['W1.T2.S0', 1]]), ran: new Map() };
  expect(findings(judgeCompleted, { turn: { result: 'x' }, said: 'W1.T2.S1.', witness })).toEqual([
    ...['W1.T2.S0 is not in the history', 'W1.T2.C1.allow never ran'],
    ...['W1.T2 completed with x', 'W1.T2.S1 was never answered'],
  ]);
});

it('an answer of an API that was killed before its record is valid', () => {
  const unrecorded = { witness: { answered: new Map(), ran: new Map([['W1.T2.C1.allow', 1]]) } };
  const apiKill: Happened = { at: 5_000, target: 'api', what: 'kill', worker_id: undefined };
  expect(findings(judgeCompleted, { ...unrecorded, happened: [apiKill] })).toEqual([]);
  expect(findings(judgeCompleted, unrecorded)).toHaveLength(2);
});

it('a turn fails only when its process was killed during it, and keeps all answers but the last', () => {
  const failed = { turn: { reason: 'killed', error_hint: 'why' }, said: 'W1.T2.S0.' };
  expect(findings(judgeFailed, { ...failed, happened: [kill] })).toEqual([]);
  expect(findings(judgeFailed, failed)).toEqual(['W1.T2 is killed: why']);
  expect(findings(judgeFailed, { ...failed, happened: [{ ...kill, what: 'freeze' }] })).toEqual([
    'W1.T2 is killed: why',
  ]);
  expect(findings(judgeFailed, { ...failed, happened: [kill], said: '' })).toEqual([
    'W1.T2.S0 is not in the history',
  ]);
});

it('a session is lost only when the process was killed in the previous turn', () => {
  const lost = { turn: { reason: 'session_lost', error_hint: 'why' } };
  expect(findings(judgeFailed, { ...lost, happenedBefore: [kill] })).toEqual([]);
  expect(findings(judgeFailed, { ...lost, happened: [kill] })).toEqual([
    'W1.T2 is session_lost: why',
  ]);
});

it('what is missing after an emptied output is excused only where the turn names the file', () => {
  const [started_at, ended_at] = [new Date(4_000).toISOString(), new Date(6_000).toISOString()];
  const hint = { error_hint: 'Another program emptied stdout.ndjson.' };
  const crashed = { reason: 'crashed', started_at, ended_at };
  const told = { turn: { ...crashed, ...hint }, said: '', emptied: [5_000] };
  expect(findings(judgeFailed, told)).toEqual([]);
  expect(findings(judgeFailed, { ...told, emptied: [] })).toHaveLength(2);
  expect(findings(judgeFailed, { ...told, turn: crashed })).toHaveLength(2);
  const warned = { result: null, started_at, ended_at, warning: 'stdout.ndjson was emptied.' };
  expect(findings(judgeCompleted, { ...told, turn: warned })).toEqual([]);
  expect(findings(judgeCompleted, { ...told, turn: { ...warned, result: 'x' } })).toHaveLength(1);
  expect(findings(judgeCompleted, { ...told, turn: { ...warned, warning: '' } })).toHaveLength(3);
});

it('an accident belongs to its worker and its time', () => {
  const turn = {
    started_at: new Date(4_000).toISOString(),
    ended_at: new Date(6_000).toISOString(),
  };
  expect(during(turn, 'w1', [kill])).toEqual([kill]);
  expect(during(turn, 'w2', [kill])).toEqual([]);
  expect(during(turn, 'w1', [{ ...kill, at: 6_001 }])).toEqual([]);
  expect(during(undefined, 'w1', [kill])).toEqual([]);
});
