import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { workerMachine } from '../../../machines/worker.ts';
import { inputOf, replay } from '../../../src/journal/replay.ts';
import { workerSpec } from '../fixtures.ts';
import { createRecorded } from './actor.ts';
import { workerEvents } from './events.ts';

/** Returns a value as a journal returns it: as JSON, without undefined properties. */
const written = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

const pick = ({ value, context }: { value: unknown; context: unknown }) => ({ value, context });

describe('a recorded worker', () => {
  const anything = fc.oneof(
    { arbitrary: workerEvents, weight: 5 },
    { arbitrary: fc.nat(20_000), weight: 1 },
  );
  const setting = fc.record({
    slots: fc.constantFrom(0, 1),
    agent_type: fc.constantFrom(null, 'Plan', 'Unknown'),
    time_limit_seconds: fc.constantFrom(null, 7),
    options: fc.constantFrom({}, { output_schema: { type: 'object' } }),
  });

  it('has the same state and context after each step of its replay, for every sequence of events', () => {
    fc.assert(
      fc.property(
        fc.array(anything, { maxLength: 40 }),
        setting,
        (script, { slots, ...fields }) => {
          const input = { spec: workerSpec(fields), prompt: { id: 'p1', text: 'Do it.' } };
          const { clock, records, snapshots, send, warnings } = createRecorded({ slots, input });
          for (const part of script) {
            if (typeof part === 'number') clock.increment(part);
            else send(part);
          }
          const steps = [...replay(written(records))];
          expect(steps.map(({ record }) => record)).toEqual(written(records));
          expect(written(steps.map(({ snapshot }) => pick(snapshot)))).toEqual(
            written(snapshots.map((snapshot) => pick(snapshot as never))),
          );
          expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1));
          expect(warnings).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is refused when a record names another state than its replay', () => {
    const { records, send } = createRecorded();
    send({ type: 'INITIALIZED', agents: [] });
    const changed = records.map((record) => ({ ...record, to: 'running' }));
    expect(() => [...replay(changed)]).toThrow(
      /^Record 1 of the journal leads to running, and its replay to spawning\.\w+: /,
    );
  });

  it('is not changed by an event that an older chart dropped', () => {
    const { records } = createRecorded({ slots: 0 });
    const [last] = records.slice(-1);
    const event = { type: 'STORAGE_FAILED', hint: 'The disk is full.' };
    const later = { seq: records.length + 1, event, from: last?.to ?? '', to: last?.to ?? '' };
    const dropped = { v: 1, t: 0, worker: 'w', ...later, dropped: true } as const;
    expect([...replay([...records, dropped])].at(-1)?.snapshot.value).toEqual({
      spawning: 'queued',
    });
    expect(() => [...replay([...records, { ...dropped, dropped: undefined } as never])]).toThrow();
  });

  it('is refused when a later chart wrote its journal', () => {
    const { records } = createRecorded();
    const later = records.map((record) => ({ ...record, chart: 99 }));
    expect(() => [...replay(later)]).toThrow(/was written by chart 99, and this program knows/);
  });

  it('has records that continue the state before, and dropped records that change nothing', () => {
    fc.assert(
      fc.property(fc.array(workerEvents, { maxLength: 40 }), (events) => {
        const { records, snapshots, send } = createRecorded();
        send(...events);
        for (const [index, { from, to, dropped }] of records.entries()) {
          expect(from).toBe(records[index - 1]?.to ?? null);
          if (!dropped) continue;
          expect(to).toBe(from);
          expect(written(snapshots[index])).toMatchObject(
            written(pick(snapshots[index - 1] as never)),
          );
        }
      }),
    );
  });
});

describe('a journal', () => {
  it('without records has no replay steps', () => {
    expect([...replay([])]).toEqual([]);
  });

  it('that does not begin with SPAWNED is refused', () => {
    const { records, send } = createRecorded();
    send({ type: 'STOP' });
    expect(() => inputOf(records[1])).toThrow('The journal does not begin with SPAWNED.');
    expect(() => [...replay(records.slice(1))]).toThrow('The journal does not begin with SPAWNED.');
    expect(() => inputOf(undefined)).toThrow('The journal does not begin with SPAWNED.');
  });

  it('contains the input of the worker', () => {
    const { records } = createRecorded();
    const prompt = { id: 'p1', text: 'Do it.' };
    expect(inputOf(written(records)[0])).toEqual({ spec: workerSpec(), prompt });
  });
});

it('a replay computes the initial snapshot once', () => {
  const { records, send } = createRecorded();
  send(...Array.from({ length: 50 }, () => ({ type: 'DELIVERED' }) as const));
  const getInitialSnapshot = vi.spyOn(workerMachine, 'getInitialSnapshot');
  onTestFinished(() => getInitialSnapshot.mockRestore());
  expect([...replay(records)].length).toBeGreaterThan(50);
  expect(getInitialSnapshot).toHaveBeenCalledTimes(1);
});
