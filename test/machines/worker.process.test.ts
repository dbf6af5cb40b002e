import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../machines/worker.ts';
import { apiError, having, newWorker, on, step, until } from './fixtures.ts';

const restarting = until.resumedStarting;

/** The situations of a worker that has a process and an open turn. */
const situations: [string, WorkerEvent[]][] = [
  ['starting', until.starting],
  ['running', until.running],
  ['waiting for a permission', [...until.running, on.asked('one')]],
  ['starting a process for a follow-up', restarting],
];

const commandsAfter = (events: WorkerEvent[], event: WorkerEvent) =>
  step(having(newWorker(), ...events), event).commands.map(({ type }) => type);

describe('A process that leaves', () => {
  it.each(situations)('fails a worker that is %s, and is forgotten', (_, events) => {
    const gone = on.exited({ reason: 'killed', hint: 'Killed.', returncode: 137 });
    const { context } = having(newWorker(), ...events, gone);

    expect(context.failure).toEqual({ reason: 'killed', hint: 'Killed.', returncode: 137 });
    expect(context.process).toBeNull();
  });

  it('is forgotten by a worker that was stopped or is settled too', () => {
    expect(having(newWorker(), ...until.running, on.stop, on.exited()).context.process).toBeNull();
    expect(having(newWorker(), ...until.completed, on.exited()).context.process).toBeNull();
    expect(
      having(newWorker(), ...until.completed, on.resume, on.exited()).context.process,
    ).toBeNull();
  });
});

describe('A process that is of no use', () => {
  const strange: WorkerEvent = { type: 'INITIALIZED', agents: [] };
  const refused: WorkerEvent = {
    ...{ type: 'START_FAILED', reason: 'spawn_error' },
    ...{ hint: 'claude refused to initialize.', returncode: null },
  };

  it.each([
    ['a first turn', [on.slot, on.started]],
    ['a follow-up', restarting],
  ])('is ended when it cannot serve %s', (_, events) => {
    expect(commandsAfter(events, strange)).toEqual(['TERMINATE', 'SAVE']);
    expect(commandsAfter(events, refused)).toEqual(['TERMINATE', 'SAVE']);
    expect(having(newWorker(), ...events, refused).context.failure).toEqual({
      ...{ reason: 'spawn_error', hint: 'claude refused to initialize.', returncode: null },
    });
  });

  it.each([
    ['starting', until.starting, ['TERMINATE', 'INTERRUPT']],
    ['running', until.running, ['INTERRUPT']],
    ['waiting for a permission', [...until.running, on.asked('one')], ['INTERRUPT']],
    ['starting a process for a follow-up', restarting, ['TERMINATE', 'INTERRUPT']],
  ])('is asked to go at once when it is stopped while %s', (_, events, commands) => {
    expect(commandsAfter(events, on.stop)).toEqual(commands);
    expect(commandsAfter(events, on.storageFailed)).toEqual(commands);
  });

  it('is kept after a failed turn, for the next one', () => {
    expect(commandsAfter(until.running, on.result({ failure: apiError }))).toEqual(['SAVE']);
  });

  it('need not be waited for where there is none', () => {
    const waiting = [...until.completed, on.exited(), on.resume];

    expect(having(newWorker(), ...waiting, on.storageFailed).context.failure).toEqual({
      ...{ reason: 'crashed', hint: 'The disk is full.', returncode: null },
    });
    expect(having(newWorker(), ...waiting, on.stop).context.failure?.reason).toBe('stopped');
  });
});
