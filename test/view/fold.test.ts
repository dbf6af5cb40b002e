import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../machines/worker.ts';
import { replay } from '../../src/inspect/replay.ts';
import { stateText } from '../../src/inspect/state.ts';
import type { WorkerView } from '../../src/view/contract.ts';
import { foldAll } from '../../src/view/fold.ts';
import { workerSpec } from '../src/fixtures.ts';
import { createRecorded } from '../src/inspect/actor.ts';
import { workerEvents } from '../src/inspect/events.ts';

/** What the journal gives back, or the page: JSON. */
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
  const birth = { spec: workerSpec({ time_limit_seconds }), prompt: { id: 'p1', text: 'Do it.' } };
  const recorded = createRecorded({ slots, birth });
  for (const event of events) {
    if (typeof event === 'number') recorded.clock.increment(event);
    else recorded.send(event);
  }
  return recorded;
}

describe('the steps of a journal', () => {
  it('put together are at every moment the worker as its machine has it', () => {
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

  it('change only what they name', () => {
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
  it('has each change of its state, and when', () => {
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
  it('is when the machine’s next timer fires, and is there only when one will', () => {
    fc.assert(
      fc.property(script, setting, (events, fields) => {
        const { records, clock } = play(events, fields);
        const deadline = foldAll(records, 'ours').fold?.view.deadline;
        const acted = () => records.filter(({ dropped }) => !dropped);
        const before = acted().length;
        if (!deadline) {
          clock.increment(10_000_000);
          expect(acted()).toHaveLength(before);
          return;
        }
        clock.increment(deadline.at - clock.now() - 1);
        expect(acted()).toHaveLength(before);
        clock.increment(1);
        expect(acted()[before]?.event.type).toContain(deadline.event);
      }),
      { numRuns: 300 },
    );
  });
});

const sha256 = (input: object) => createHash('sha256').update(JSON.stringify(input)).digest('hex');
