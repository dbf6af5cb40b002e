import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../machines/worker.ts';
import {
  accepted,
  asked,
  completed,
  exited,
  having,
  initialized,
  liveWorker,
  newWorker,
  resume,
  running,
  slot,
  started,
  starting,
  stateOf,
  step,
  stop,
} from './worker-fixtures.ts';

const adopt: WorkerEvent = { type: 'ADOPT', owner: 'another server' };
const attached: WorkerEvent = { type: 'ATTACHED' };
const attach = {
  to: 'process',
  type: 'ATTACH',
  process: { pid: 4711, start_time: '1' },
  is_idle: false,
};
const typesOf = (worker: Parameters<typeof step>[0], event: WorkerEvent) =>
  step(worker, event).commands.map(({ type }) => type);

describe('A worker that a new server takes over', () => {
  it.each([
    ['running', running],
    ['waiting for a permission', [...running, asked('one')]],
    ['handing a follow-up over', [...completed, resume, slot]],
  ])('stays as it is and follows its process when it is %s', (_, events) => {
    const worker = having(newWorker(), ...events);
    const { next, commands } = step(worker, adopt);

    expect(stateOf(next)).toBe(stateOf(worker));
    expect(next.context.requests).toEqual(worker.context.requests);
    expect(commands).toEqual([attach]);
  });

  it('has its prompt in the hands of its process when it is starting, which is followed', () => {
    const { next, commands } = step(having(newWorker(), ...starting), adopt);

    expect(stateOf(next)).toBe('spawning.handed_over');
    expect(commands).toEqual([attach]);
  });

  it('is asked to end once more when it was being stopped', () => {
    expect(typesOf(having(newWorker(), ...running, stop), adopt)).toEqual(['ATTACH', 'INTERRUPT']);
  });

  it('has nothing started while it waits for a slot', () => {
    expect(typesOf(newWorker(), adopt)).toEqual([]);
    expect(typesOf(having(newWorker(), ...completed, exited(), resume), adopt)).toEqual([]);
  });

  it('has its history written where the last server did not come to it', () => {
    const done = having(newWorker(), ...completed);
    const saved: WorkerEvent = { type: 'SAVED', turn: 1, sha256: 'abc' };

    expect(typesOf(done, adopt)).toEqual(['ATTACH', 'SAVE']);
    expect(typesOf(having(done, saved), adopt)).toEqual(['ATTACH']);
    expect(typesOf(having(done, saved, exited()), adopt)).toEqual([]);
  });

  it.each([
    ['settled', [...completed]],
    ['waiting with a follow-up for a slot', [...completed, resume]],
  ])('has its process followed as an idle one when it is %s', (_, events) => {
    const { commands } = step(having(newWorker(), ...events), adopt);

    expect(commands).toContainEqual({ ...attach, is_idle: true });
  });
});

describe('A prompt of which a new server cannot tell whether it was sent', () => {
  it.each<[string, WorkerEvent[], string]>([
    ['a first turn', starting, 'prompt-1'],
    ['a follow-up', [...completed, resume, slot], 'prompt-2'],
    ['a follow-up of a new process', [...completed, exited(), resume, slot, started], 'prompt-2'],
  ])('goes to a new process in %s, once the old one is killed', (_, events, prompt_id) => {
    const adopted = having(newWorker(), ...events, adopt);
    expect(typesOf(adopted, attached)).toEqual(['KILL']);

    const killed = having(adopted, attached);
    expect(typesOf(killed, exited({ reason: 'interrupted' }))).toEqual(['START']);

    const again = having(killed, exited(), started);
    expect(step(again, initialized).commands).toMatchObject([
      { type: 'SEND_PROMPT', prompt: { id: prompt_id } },
    ]);
  });

  it.each<[string, WorkerEvent[]]>([
    ['a first turn', [slot, started]],
    ['a follow-up', [...completed, exited(), resume, slot, started]],
  ])(
    'was not sent in %s when only now the process says that it is up, which is left alive',
    (_, events) => {
      const adopted = having(newWorker(), ...events, adopt);
      expect(typesOf(adopted, initialized)).toEqual(['SEND_PROMPT']);
      expect(typesOf(having(adopted, initialized), attached)).toEqual([]);
    },
  );

  it('goes nowhere when the process had taken it', () => {
    const taken = having(newWorker(), ...starting, adopt, accepted());

    expect(stateOf(taken)).toBe('running');
    expect(having(taken, attached)).toBe(taken);
  });

  it('fails with a new process that leaves too', () => {
    const worker = having(newWorker(), ...starting, adopt, attached, exited(), started, exited());

    expect(stateOf(worker)).toBe('failed');
  });
});

describe('The time of a worker', () => {
  it.each<[string, WorkerEvent[], string]>([
    ['a turn', running, 'INTERRUPT'],
    ['a turn with an open request', [...running, asked('one')], 'INTERRUPT'],
    ['a first start', starting, 'KILL'],
    ['the start of a follow-up', [...completed, exited(), resume, slot, started], 'KILL'],
  ])('is counted anew by the server that takes it over, for %s', (_, events, command) => {
    const { clock, tell, commands } = liveWorker({ time_limit_seconds: 60 });
    tell(...events);
    clock.increment(30_000);
    tell(adopt);
    clock.increment(59_999);
    expect(commands).not.toContain(command);
    clock.increment(1);
    expect(commands.at(-1)).toBe(command);
  });
});
