import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../machines/worker.ts';
import { having, liveWorker, newWorker, on, stateOf, step, until } from './fixtures.ts';

const attach = {
  to: 'process',
  type: 'ATTACH',
  process: { pid: 4711, start_time: '1' },
  is_idle: false,
};
const typesOf = (worker: Parameters<typeof step>[0], event: WorkerEvent) =>
  step(worker, event).commands.map(({ type }) => type);

describe('An adopted worker', () => {
  it.each([
    ['running', until.running],
    ['waiting for a permission', [...until.running, on.asked('one')]],
    ['handing a follow-up over', [...until.completed, on.resume, on.slot]],
  ])('keeps its state and attaches to its process when it is %s', (_, events) => {
    const worker = having(newWorker(), ...events);
    const { next, commands } = step(worker, on.adopt);

    expect(stateOf(next)).toBe(stateOf(worker));
    expect(next.context.requests).toEqual(worker.context.requests);
    expect(commands).toEqual([attach]);
  });

  it('that is starting counts as handed over and attaches to its process', () => {
    const { next, commands } = step(having(newWorker(), ...until.starting), on.adopt);

    expect(stateOf(next)).toBe('spawning.handed_over');
    expect(commands).toEqual([attach]);
  });

  it('that is stopping interrupts its process again', () => {
    expect(typesOf(having(newWorker(), ...until.running, on.stop), on.adopt)).toEqual([
      'ATTACH',
      'INTERRUPT',
    ]);
  });

  it('that waits for a slot starts no process', () => {
    expect(typesOf(newWorker(), on.adopt)).toEqual([]);
    expect(
      typesOf(having(newWorker(), ...until.completed, on.exited(), on.resume), on.adopt),
    ).toEqual([]);
  });

  it('writes its history file if the last server did not', () => {
    const done = having(newWorker(), ...until.completed);

    expect(typesOf(done, on.adopt)).toEqual(['ATTACH', 'SAVE']);
    expect(typesOf(having(done, on.saved), on.adopt)).toEqual(['ATTACH']);
    expect(typesOf(having(done, on.saved, on.exited()), on.adopt)).toEqual([]);
  });

  it.each([
    ['settled', [...until.completed]],
    ['waiting with a follow-up for a slot', [...until.completed, on.resume]],
  ])('attaches to its process as idle when it is %s', (_, events) => {
    const { commands } = step(having(newWorker(), ...events), on.adopt);

    expect(commands).toContainEqual({ ...attach, is_idle: true });
  });
});

describe('A prompt that an earlier server may have sent', () => {
  it.each<[string, WorkerEvent[], string]>([
    ['a first turn', until.starting, 'prompt-1'],
    ['a follow-up', [...until.completed, on.resume, on.slot], 'prompt-2'],
    ['a follow-up of a new process', until.resumedStarting, 'prompt-2'],
  ])('goes to a new process in %s, after the old process is killed', (_, events, prompt_id) => {
    const adopted = having(newWorker(), ...events, on.adopt);
    expect(typesOf(adopted, on.attached)).toEqual(['KILL']);

    const killed = having(adopted, on.attached);
    expect(typesOf(killed, on.exited({ reason: 'interrupted' }))).toEqual(['START']);

    const again = having(killed, on.exited(), on.started);
    expect(step(again, on.initialized).commands).toMatchObject([
      { type: 'SEND_PROMPT', prompt: { id: prompt_id } },
    ]);
  });

  it.each<[string, WorkerEvent[]]>([
    ['a first turn', [on.slot, on.started]],
    ['a follow-up', until.resumedStarting],
  ])('is sent in %s when the process becomes ready after the adoption', (_, events) => {
    const adopted = having(newWorker(), ...events, on.adopt);
    expect(typesOf(adopted, on.initialized)).toEqual(['SEND_PROMPT']);
    expect(typesOf(having(adopted, on.initialized), on.attached)).toEqual([]);
  });

  it('is not sent again when the process has accepted it', () => {
    const taken = having(newWorker(), ...until.starting, on.adopt, on.accepted());

    expect(stateOf(taken)).toBe('running');
    expect(having(taken, on.attached)).toBe(taken);
  });

  it('fails when the new process exits too', () => {
    const worker = having(
      newWorker(),
      ...until.starting,
      on.adopt,
      on.attached,
      on.exited(),
      on.started,
      on.exited(),
    );

    expect(stateOf(worker)).toBe('failed');
  });
});

describe('The time limit or the start deadline', () => {
  it.each<[string, WorkerEvent[], string]>([
    ['a turn', until.running, 'INTERRUPT'],
    ['a turn with an open request', [...until.running, on.asked('one')], 'INTERRUPT'],
    ['a first start', until.starting, 'KILL'],
    ['the start of a follow-up', until.resumedStarting, 'KILL'],
  ])('starts again with the adoption, for %s', (_, events, command) => {
    const { clock, send, commands } = liveWorker({ time_limit_seconds: 60 });
    send(...events);
    clock.increment(30_000);
    send(on.adopt);
    clock.increment(59_999);
    expect(commands).not.toContain(command);
    clock.increment(1);
    expect(commands.at(-1)).toBe(command);
  });
});
