import { describe, expect, it } from 'vitest';
import {
  apiError,
  having,
  newWorker,
  on,
  stateOf,
  step,
  until,
  type WorkerSnapshot,
} from './fixtures.ts';

const runningWorker = having(newWorker(), ...until.running);
const idsOf = ({ context }: WorkerSnapshot) => context.requests.map(({ cli_id }) => cli_id);

describe('Open permission requests', () => {
  it('keep the worker in awaiting_permission until the last request is answered', () => {
    const both = having(runningWorker, on.asked('one'), on.asked('two'));
    expect(idsOf(both)).toEqual(['one', 'two']);

    const other = having(both, on.answer('one'));
    expect([stateOf(other), idsOf(other)]).toEqual(['awaiting_permission', ['two']]);

    const none = having(other, on.answer('two', { allow: false }));
    expect([stateOf(none), idsOf(none)]).toEqual(['running', []]);
  });

  it('do not hide the model of a turn that claude opens meanwhile', () => {
    const asking = having(runningWorker, on.asked('one'));
    const { next } = step(asking, { type: 'TURN_OPENED', model: 'claude-other' });

    expect([stateOf(next), next.context.model]).toEqual(['awaiting_permission', 'claude-other']);
    expect(idsOf(next)).toEqual(['one']);
  });

  it('are answered in any order, each with its own answer', () => {
    const both = having(runningWorker, on.asked('one'), on.asked('two', { tool: 'Write' }));
    const reason = 'Not there.';
    const { commands } = step(both, on.answer('two', { allow: false, reason }));

    expect(commands).toEqual([
      {
        to: 'process',
        type: 'SEND_ANSWER',
        request: on.asked('two', { tool: 'Write' }).request,
        answer: { request_id: 'ours-two', allow: false, reason },
      },
    ]);
  });

  it('are replaced when claude asks again with the same CLI id, and take answers under the newer id', () => {
    const twice = having(runningWorker, on.asked('one'), on.asked('one', { request_id: 'newer' }));

    expect(idsOf(twice)).toEqual(['one']);
    expect(twice.can(on.answer('one'))).toBe(false);
    expect(stateOf(having(twice, on.answer('', { request_id: 'newer' })))).toBe('running');
  });

  it('cannot be answered twice', () => {
    const other = having(runningWorker, on.asked('one'), on.asked('two'), on.answer('one'));

    expect(step(other, on.answer('one'))).toEqual({ next: other, commands: [], actions: [] });
  });

  it('can be withdrawn, and then cannot be answered', () => {
    const other = having(runningWorker, on.asked('one'), on.asked('two'), on.withdrawn('one'));

    expect([stateOf(other), idsOf(other)]).toEqual(['awaiting_permission', ['two']]);
    expect(other.can(on.answer('one'))).toBe(false);
    expect(step(other, on.withdrawn('two')).commands).toEqual([]);
    const none = having(other, on.withdrawn('two'));
    expect([stateOf(none), idsOf(none)]).toEqual(['running', []]);
  });

  it.each([
    ['loses its process', on.exited()],
    ['is stopped', on.stop],
  ])('are removed when the turn %s', (_, event) => {
    const ended = having(runningWorker, on.asked('one'), on.asked('two'), event);

    expect(idsOf(ended)).toEqual([]);
    expect(ended.can(on.answer('one'))).toBe(false);
  });

  it.each([
    ['is answered', on.result()],
    ['fails', on.result({ failure: apiError })],
  ])('stay open when the turn %s, because the process still waits', (_, event) => {
    const ended = having(runningWorker, on.asked('one'), event);
    expect([stateOf(ended), idsOf(ended)]).toEqual(['awaiting_permission', ['one']]);
    expect(step(ended, on.answer('one')).commands).toMatchObject([{ type: 'SEND_ANSWER' }]);
    expect(stateOf(having(ended, on.answer('one')))).toBe('running.background');
  });

  it.each([
    ['the turn is over', having(newWorker(), ...until.completed), 'awaiting_permission'],
    [
      'a follow-up waits for a slot',
      having(newWorker(), ...until.completed, on.resume),
      'resumed.queued',
    ],
    [
      'a follow-up was handed over',
      having(newWorker(), ...until.completed, on.resume, on.slot),
      'resumed.handed_over',
    ],
  ])('are opened also when %s, and can be answered', (_, worker, state) => {
    const { next, commands } = step(worker, on.asked('late'));
    expect([stateOf(next), commands, idsOf(next)]).toEqual([state, [], ['late']]);
    expect(step(next, on.answer('late')).commands).toMatchObject([{ type: 'SEND_ANSWER' }]);
  });

  it.each([
    ['the turn has not begun', having(newWorker(), on.slot)],
    ['the worker is being stopped', having(runningWorker, on.stop)],
  ])('are refused at once when %s, so that claude does not wait', (_, worker) => {
    const { next, commands } = step(worker, on.asked('late'));

    expect(stateOf(next)).toBe(stateOf(worker));
    expect(commands).toMatchObject([
      { to: 'process', type: 'SEND_ANSWER', answer: { request_id: 'ours-late', allow: false } },
    ]);
  });
});

describe('Any other control request of claude', () => {
  it.each([
    ['spawning', having(newWorker(), on.slot)],
    ['running', runningWorker],
    ['completed', having(newWorker(), ...until.completed)],
  ])('is refused while the worker is %s', (_, worker) => {
    const request = { type: 'CONTROL_ASKED', cli_id: 'q', subtype: 'elicitation' } as const;

    expect(step(worker, request).commands).toEqual([
      { to: 'process', type: 'REFUSE_CONTROL', cli_id: 'q', subtype: 'elicitation' },
    ]);
  });
});

describe('An answer that claude has not acknowledged', () => {
  const acknowledged = { type: 'ANSWER_ACKNOWLEDGED', cli_id: 'one' } as const;
  const sentAgain = (worker: WorkerSnapshot) =>
    step(worker, on.adopt).commands.filter(({ type }) => type === 'SEND_ANSWER');
  const given = having(runningWorker, on.asked('one'), on.asked('two'), on.answer('one'));

  it.each([
    ['while another request is open', [on.asked('one'), on.asked('two'), on.answer('one')]],
    ['while the turn runs', [on.asked('one'), on.answer('one')]],
  ])('is sent again by the next server %s', (_, events) => {
    expect(sentAgain(having(runningWorker, ...events))).toEqual(
      step(having(runningWorker, on.asked('one')), on.answer('one')).commands,
    );
  });

  it('is not sent again after it is acknowledged', () => {
    expect(sentAgain(having(given, acknowledged))).toEqual([]);
  });

  it('is not sent again after claude used its CLI id for another request', () => {
    const again = on.asked('one', { request_id: 'ours-other', input: { command: 'rm' } });
    expect(sentAgain(having(given, again))).toEqual([]);
  });

  it('is not sent again in the next turn', () => {
    const after = [on.exited(), on.resume, on.slot, on.started];
    expect(sentAgain(having(given, ...after))).toEqual([]);
  });
});
