import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../machines/worker.ts';
import {
  apiError,
  asked,
  completed,
  exited,
  having,
  newWorker,
  result,
  resume,
  running,
  slot,
  started,
  starting,
  step,
  stop,
} from './worker-fixtures.ts';

const restarting = [...completed, exited(), resume, slot, started];

/** The situations of a worker that has a process and an open turn. */
const situations: [string, WorkerEvent[]][] = [
  ['starting', starting],
  ['running', running],
  ['waiting for a permission', [...running, asked('one')]],
  ['starting a process for a follow-up', restarting],
];

const commandsAfter = (events: WorkerEvent[], event: WorkerEvent) =>
  step(having(newWorker(), ...events), event).commands.map(({ type }) => type);

describe('A process that leaves', () => {
  it.each(situations)('fails a worker that is %s, and is forgotten', (_, events) => {
    const gone = exited({ reason: 'killed', hint: 'Killed.', returncode: 137 });
    const { context } = having(newWorker(), ...events, gone);

    expect(context.failure).toEqual({ reason: 'killed', hint: 'Killed.', returncode: 137 });
    expect(context.process).toBeNull();
  });

  it('is forgotten by a worker that was stopped or is settled too', () => {
    expect(having(newWorker(), ...running, stop, exited()).context.process).toBeNull();
    expect(having(newWorker(), ...completed, exited()).context.process).toBeNull();
    expect(having(newWorker(), ...completed, resume, exited()).context.process).toBeNull();
  });
});

describe('A process that is of no use', () => {
  const strange: WorkerEvent = { type: 'INITIALIZED', agents: [] };
  const refused: WorkerEvent = {
    ...{ type: 'START_FAILED', reason: 'spawn_error' },
    ...{ hint: 'claude refused to initialize.', returncode: null },
  };

  it.each([
    ['a first turn', [slot, started]],
    ['a follow-up', restarting],
  ])('is ended when it cannot serve %s', (_, events) => {
    expect(commandsAfter(events, strange)).toEqual(['TERMINATE', 'SAVE']);
    expect(commandsAfter(events, refused)).toEqual(['TERMINATE', 'SAVE']);
    expect(having(newWorker(), ...events, refused).context.failure).toEqual({
      ...{ reason: 'spawn_error', hint: 'claude refused to initialize.', returncode: null },
    });
  });

  it.each([
    ['starting', starting, ['TERMINATE', 'INTERRUPT']],
    ['running', running, ['INTERRUPT']],
    ['waiting for a permission', [...running, asked('one')], ['INTERRUPT']],
    ['starting a process for a follow-up', restarting, ['TERMINATE', 'INTERRUPT']],
  ])('is asked to go at once when it is stopped while %s', (_, events, commands) => {
    const full: WorkerEvent = { type: 'STORAGE_FAILED', hint: 'The disk is full.' };

    expect(commandsAfter(events, stop)).toEqual(commands);
    expect(commandsAfter(events, full)).toEqual(commands);
  });

  it('is kept after a failed turn, for the next one', () => {
    expect(commandsAfter(running, result({ failure: apiError }))).toEqual(['SAVE']);
  });

  it('need not be waited for where there is none', () => {
    const full: WorkerEvent = { type: 'STORAGE_FAILED', hint: 'The disk is full.' };
    const waiting = [...completed, exited(), resume];

    expect(having(newWorker(), ...waiting, full).context.failure).toEqual({
      ...{ reason: 'crashed', hint: 'The disk is full.', returncode: null },
    });
    expect(having(newWorker(), ...waiting, stop).context.failure?.reason).toBe('stopped');
  });
});
