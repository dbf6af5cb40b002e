import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../../machines/worker.ts';
import { replay } from '../../../src/journal/replay.ts';
import { stateText } from '../../../src/journal/state-text.ts';
import type { WorkerView } from '../../../src/projection/contract.ts';
import { foldAll } from '../../../src/projection/fold.ts';
import { permissionRequest, workerSpec } from '../fixtures.ts';
import { createRecorded } from '../journal/actor.ts';
import { workerEvents } from '../journal/events.ts';

/** Returns a value as JSON restores it. */
const written = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

const script = fc.array(
  fc.oneof({ arbitrary: workerEvents, weight: 5 }, { arbitrary: fc.nat(20_000), weight: 1 }),
  { maxLength: 40 },
);
const setting = fc.record({
  slots: fc.constantFrom(0, 1),
  time_limit_seconds: fc.constantFrom(null, 7),
});

function play(
  events: (WorkerEvent | number)[],
  { slots = 1, time_limit_seconds = null as number | null } = {},
) {
  const input = { spec: workerSpec({ time_limit_seconds }), prompt: { id: 'p1', text: 'Do it.' } };
  const recorded = createRecorded({ slots, input });
  for (const event of events) {
    if (typeof event === 'number') recorded.clock.increment(event);
    else recorded.send(event);
  }
  return recorded;
}

describe('the steps of a journal', () => {
  it('add up at every moment to the worker of the machine', () => {
    fc.assert(
      fc.property(script, setting, (events, fields) => {
        const { records } = play(events, fields);
        const { steps } = foldAll(written(records), 'ours');
        let page: Partial<WorkerView> = {};
        for (const [index, { record, snapshot }] of [...replay(written(records))].entries()) {
          page = { ...page, ...written(steps[index]?.patch) };
          const { context } = snapshot;
          expect(page).toMatchObject({
            state: record.to,
            seq: index + 1,
            turn: context.turn,
            cost_usd: context.totals.cost_usd,
            delivered: context.delivered,
            failure: context.failure && {
              reason: context.failure.reason,
              hint: context.failure.hint,
            },
          });
          expect(stateText(snapshot.value)).toBe(record.to);
          expect(
            page.requests?.map(({ input_sha256, input, request_id }) => [
              request_id,
              input,
              input_sha256,
            ]),
          ).toEqual(
            context.requests.map(({ request_id, input }) => [request_id, input, sha256(input)]),
          );
        }
        const { fold } = foldAll(written(records), 'ours');
        expect(page).toEqual(written(fold?.view));
      }),
      { numRuns: 300 },
    );
  });

  it('contain only what has changed', () => {
    const { records } = play([
      { type: 'INITIALIZED', agents: [] },
      { type: 'TURN_OPENED', model: 'claude-x', offset: 10 },
      { type: 'MESSAGE_SEEN', role: 'assistant', brief: 'Hello.', model: null, offset: 20 },
      { type: 'SLOT' },
    ]);
    const { steps } = foldAll(records, 'ours');
    expect(steps.slice(2).map(({ patch }) => patch)).toEqual([
      { seq: 3 },
      { deadline: null, model: 'claude-x', seq: 4, state: 'running' },
      { last_line: 'Hello.', seq: 5 },
      { seq: 6 },
    ]);
  });
});

describe('the lane of a worker', () => {
  it('has each change of state with its time', () => {
    const { records } = play([
      500,
      { type: 'TURN_OPENED', model: null },
      { type: 'MESSAGE_SEEN', role: 'assistant', brief: 'Hi.', model: null },
      500,
      { type: 'EXITED', reason: 'crashed', hint: 'Gone.', returncode: 1 },
    ]);
    expect(foldAll(records, 'ours').fold?.lane).toEqual([
      [0, 'spawning.queued'],
      [0, 'spawning.starting'],
      [500, 'running'],
      [1000, 'failed'],
    ]);
  });
});

describe('a deadline', () => {
  /** Checks that the deadline on the page after these events is the machine's own. */
  const expectTrue = (events: (WorkerEvent | number)[], fields: Parameters<typeof play>[1]) => {
    const { records, clock } = play(events, fields);
    const { deadline, state } = foldAll(records, 'ours').fold?.view ?? {};
    // There a worker settles within seconds, or when its agents have ended.
    if (state === 'running.background') return undefined;
    // Lines are sent again without a change of the state.
    const acted = () =>
      records.filter(({ dropped, event }) => !dropped && event.type !== 'REPLY_OVERDUE');
    const before = acted().length;
    if (!deadline) {
      clock.increment(10_000_000);
      expect(acted()).toHaveLength(before);
      return undefined;
    }
    const left = deadline.at - clock.now();
    clock.increment(left - 1);
    expect(acted()).toHaveLength(before);
    clock.increment(1);
    expect(acted()[before]?.event.type).toContain(deadline.event.replace('after ', ''));
    return `${deadline.event} in ${left}`;
  };

  it('is the time at which the machine’s next timer fires, and is absent when none will', () => {
    fc.assert(
      fc.property(script, setting, (events, fields) => {
        expectTrue(events, fields);
      }),
      { numRuns: 300 },
    );
  });

  const opened: WorkerEvent = { type: 'TURN_OPENED', model: null };
  const asked: WorkerEvent = { type: 'PERMISSION_ASKED', request: permissionRequest() };
  const adopted: WorkerEvent = { type: 'ADOPT', owner: 'process 1' };
  const answered: WorkerEvent = {
    ...{ type: 'RESULT_SEEN', offset: 1 },
    result: {
      ...{ failure: null, has_object: false, prompt_ids: ['p1'], total_cost_usd: 0 },
      ...{ cost_usd: 0, num_turns: 1, duration_ms: 1, usage: {} },
    },
  };
  const resumed: WorkerEvent = { type: 'RESUME', prompt: { id: 'p2', text: 'Go on.' } };
  const started: WorkerEvent = { type: 'PROCESS_STARTED', pid: 2, start_time: '1' };
  it.each<[string, (WorkerEvent | number)[], string | undefined]>([
    ['of a start', [1000], 'after startDeadline in 59000'],
    ['of a start that was taken over', [1000, adopted, 1000], 'after startDeadline in 59000'],
    ['of a turn', [opened, 1000], 'TIME_LIMIT_REACHED in 6000'],
    ['of a turn that waits', [opened, 1000, asked, 1000], 'TIME_LIMIT_REACHED in 5000'],
    ['of a turn that was taken over', [opened, 1000, adopted], 'TIME_LIMIT_REACHED in 7000'],
    ['of a stop', [opened, { type: 'STOP' }, 1000], 'after interruptGrace in 2000'],
    ['of a longer stop', [opened, { type: 'STOP' }, 4000], 'after terminateGrace in 4000'],
    ['of a long stop', [opened, { type: 'STOP' }, 8000], 'after killGrace in 5000'],
    ['of a follow-up', [opened, answered, 500, resumed, 1000], 'after startDeadline in 59000'],
    [
      'of a follow-up whose process was busy',
      [started, opened, answered, resumed, 60_000, 1000],
      'after handOverDeadline in 12000',
    ],
    ['of a turn that ended', [opened, answered], undefined],
  ])('%s is the deadline of the machine', (_, events, expected) => {
    expect(expectTrue(events, { time_limit_seconds: 7 })).toBe(expected);
  });
});

const sha256 = (input: object) => createHash('sha256').update(JSON.stringify(input)).digest('hex');

describe('a request of the view', () => {
  const mode = { type: 'setMode', mode: 'acceptEdits', destination: 'session' };
  const rules = [{ toolName: 'Bash', ruleContent: 'ls' }];
  it.each([
    ['a rule', { suggestions: [{ type: 'addRules', behavior: 'allow', rules }] }, true],
    [
      'a mode, for a file',
      { tool: 'Write', input: { file_path: '/a' }, suggestions: [mode] },
      true,
    ],
    ['a mode, for a command', { suggestions: [mode] }, false],
    ['nothing', { suggestions: [] }, false],
  ])('whose suggestion is %s can be remembered only if a rule can be granted', (_, given, can) => {
    const { records } = play([
      { type: 'PROCESS_STARTED', pid: 5, start_time: '1' },
      { type: 'TURN_OPENED', model: 'claude-x' },
      { type: 'PERMISSION_ASKED', request: permissionRequest(given) },
    ]);
    const { fold } = foldAll(records, 'ours');
    expect(fold?.view.requests.map(({ can_remember }) => can_remember)).toEqual([can]);
  });
});
