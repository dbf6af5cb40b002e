import { describe, expect, it } from 'vitest';
import { chartVersion } from '../../../machines/worker.ts';
import { noActivity } from '../../../src/journal/activity.ts';
import { stateText } from '../../../src/journal/state-text.ts';
import { workerLogic } from '../../../src/workers/worker-actor.ts';
import { workerSpec } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';
import { createRecorded } from './actor.ts';

const started = { type: 'PROCESS_STARTED', pid: 5, start_time: '1' } as const;
const opened = { type: 'TURN_OPENED', model: 'claude-x', offset: 40 } as const;

describe('the records of a worker', () => {
  it('begin with SPAWNED and are numbered without a gap', () => {
    const { records, send } = createRecorded();
    send(started, opened, { type: 'STOP' });
    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(records[0]).toEqual({
      ...{ v: 1, seq: 1, t: 0, worker: workerSpec().worker_id, chart: chartVersion },
      event: { type: 'SPAWNED', spec: workerSpec(), prompt: { id: 'p1', text: 'Do it.' } },
      ...{ from: null, to: 'spawning.queued' },
    });
  });

  it('name the version of the chart in SPAWNED and ADOPT, and in no other record', () => {
    const { records, send } = createRecorded();
    send(started, { type: 'ADOPT', owner: 'another server' }, opened);
    const named = records.filter(({ chart }) => chart === chartVersion);
    expect(named.map(({ event }) => event.type)).toEqual(['SPAWNED', 'ADOPT']);
    expect(records.filter(({ chart }) => chart !== undefined)).toEqual(named);
  });

  it('name the states before and after each event', () => {
    const { records, send } = createRecorded();
    send(started, opened, { type: 'STOP' });
    expect(records.map(({ event, from, to }) => [event.type, from, to])).toEqual([
      ['SPAWNED', null, 'spawning.queued'],
      ['SLOT', 'spawning.queued', 'spawning.starting'],
      ['PROCESS_STARTED', 'spawning.starting', 'spawning.starting'],
      ['TURN_OPENED', 'spawning.starting', 'running'],
      ['STOP', 'running', 'stopping'],
    ]);
  });

  it('name the target states of the taken transitions', () => {
    const { records, send } = createRecorded();
    send(started, opened);
    expect(records.slice(1).map(({ edges }) => edges)).toEqual([
      ['worker.spawning.starting'],
      ['worker.spawning.starting'],
      ['worker.running'],
    ]);
  });

  it('mark an event without a transition as dropped, and no other event', () => {
    const { records, send } = createRecorded();
    send({ type: 'DELIVERED' }, opened, { ...opened, model: null });
    expect(records.map(({ dropped }) => dropped)).toEqual([
      ...[undefined, undefined, true, undefined, undefined],
    ]);
    expect(records[2]).toMatchObject({ event: { type: 'DELIVERED' }, dropped: true });
    expect(records[2]).not.toHaveProperty('edges');
  });

  it('have the offset in stdout beside an event that came from stdout', () => {
    const { records, send } = createRecorded();
    send(started, opened);
    expect(records[2]).not.toHaveProperty('offset');
    expect(records[3]).toMatchObject({ offset: 40 });
    expect(records[3]?.event).toEqual({ type: 'TURN_OPENED', model: 'claude-x' });
  });

  it('include the events of the timers of the machine', () => {
    const { records, clock, send } = createRecorded();
    clock.increment(100);
    send(opened, { type: 'STOP' });
    for (const milliseconds of [3_000, 5_000, 5_000]) clock.increment(milliseconds);
    const timers = records.filter(({ event }) => event.type.startsWith('xstate.after.'));
    expect(timers.map(({ event, t, to }) => [event.type, t, to])).toEqual([
      ['xstate.after.interruptGrace.worker.stopping', 3_100, 'stopping'],
      ['xstate.after.terminateGrace.worker.stopping', 8_100, 'stopping'],
      ['xstate.after.killGrace.worker.stopping', 13_100, 'failed'],
    ]);
  });

  it('include the events that the machine raises', () => {
    const input = {
      spec: workerSpec({ time_limit_seconds: 9 }),
      prompt: { id: 'p1', text: 'Do it.' },
    };
    const { records, clock, send } = createRecorded({ input });
    send(opened);
    clock.increment(9_000);
    expect(records.at(-1)).toMatchObject({
      ...{ t: 9_000, from: 'running', to: 'stopping', event: { type: 'TIME_LIMIT_REACHED' } },
    });
  });

  it('of a restored worker continue after the last record of its journal', () => {
    const first = createRecorded();
    first.send(started, opened);
    const { value, context } = first.actor.getSnapshot();
    const never = () => Promise.reject(new Error('This test starts no process.'));
    const logic = workerLogic({
      ...{ command: '', env: {}, folders: foldersIn('/logs'), keepAliveSeconds: 0, depth: 0 },
      ...{ launch: never, recorded: never, offsetOf: () => 0, warn: () => {} },
    });
    const input = { value, context, activity: noActivity };
    const { records, send } = createRecorded({ input, logic, recordsOf: 4 });
    expect(records).toEqual([]);
    send({ type: 'MESSAGE_SEEN', role: 'assistant', brief: 'Hi', model: null, offset: 50 });
    expect(records).toMatchObject([{ seq: 5, from: 'running', to: 'running', offset: 50 }]);
  });

  it('are reported as lost when onRecord throws, and the worker continues', () => {
    const onRecord = () => {
      throw new Error('no room');
    };
    const { actor, warnings, send } = createRecorded({ onRecord });
    send(opened);
    expect(stateText(actor.getSnapshot().value)).toBe('running');
    expect(warnings).toEqual(Array(3).fill('A record was lost: Error: no room'));
  });

  it('do not include the stop of the actor by the server', () => {
    const { records, supervisor, send } = createRecorded();
    send(opened);
    const before = records.length;
    supervisor.stop();
    expect(records).toHaveLength(before);
  });

  it('do not include the events of other actors', () => {
    const { records } = createRecorded();
    expect(new Set(records.map(({ worker }) => worker))).toEqual(new Set([workerSpec().worker_id]));
  });

  it('are plain JSON', () => {
    const { records, send } = createRecorded();
    send(started, opened, { type: 'STOP' });
    expect(JSON.parse(JSON.stringify(records))).toEqual(records);
  });
});
