import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../machines/worker.ts';
import { apiError, having, newWorker, on, step, until } from './fixtures.ts';

const restarting = until.resumedStarting;

/** The situations of a worker with a process and an open turn. */
const situations: [string, WorkerEvent[]][] = [
  ['starting', until.starting],
  ['running', until.running],
  ['waiting for a permission', [...until.running, on.asked('one')]],
  ['starting a process for a follow-up', restarting],
];

const commandsAfter = (events: WorkerEvent[], event: WorkerEvent) =>
  step(having(newWorker(), ...events), event).commands.map(({ type }) => type);

describe('A process that exits', () => {
  it.each(situations)('fails a worker that is %s', (_, events) => {
    const killed = on.exited({ reason: 'killed', hint: 'Killed.', returncode: 137 });
    const { context } = having(newWorker(), ...events, killed);

    expect(context.failure).toEqual({ reason: 'killed', hint: 'Killed.', returncode: 137 });
    expect(context.process).toBeNull();
  });

  it('is removed from a stopping, settled or resumed worker', () => {
    expect(having(newWorker(), ...until.running, on.stop, on.exited()).context.process).toBeNull();
    expect(having(newWorker(), ...until.completed, on.exited()).context.process).toBeNull();
    expect(
      having(newWorker(), ...until.completed, on.resume, on.exited()).context.process,
    ).toBeNull();
  });
});

describe('A useless process', () => {
  const withoutAgent: WorkerEvent = { type: 'INITIALIZED', agents: [] };
  const refused: WorkerEvent = {
    ...{ type: 'START_FAILED', reason: 'spawn_error' },
    ...{ hint: 'claude refused to initialize.', returncode: null },
  };

  it.each([
    ['a first turn', [on.slot, on.started]],
    ['a follow-up', restarting],
  ])('is terminated when it cannot run %s', (_, events) => {
    expect(commandsAfter(events, withoutAgent)).toEqual(['TERMINATE', 'SAVE']);
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
  ])('gets its commands at once when the worker is stopped while %s', (_, events, commands) => {
    expect(commandsAfter(events, on.stop)).toEqual(commands);
    expect(commandsAfter(events, on.storageFailed)).toEqual(commands);
  });

  it('is kept after a failed turn, for the next turn', () => {
    expect(commandsAfter(until.running, on.result({ failure: apiError }))).toEqual(['SAVE']);
  });

  it('that does not exist does not delay the end of a worker', () => {
    const waiting = [...until.completed, on.exited(), on.resume];

    expect(having(newWorker(), ...waiting, on.storageFailed).context.failure).toEqual({
      ...{ reason: 'crashed', hint: 'The disk is full.', returncode: null },
    });
    expect(having(newWorker(), ...waiting, on.stop).context.failure?.reason).toBe('stopped');
  });
});
