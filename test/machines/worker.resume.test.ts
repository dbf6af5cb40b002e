import { describe, expect, it } from 'vitest';
import type { Reason, WorkerEvent } from '../../machines/worker.ts';
import { apiError, having, liveWorker, newWorker, on, stateOf, step, until } from './fixtures.ts';

const sendPrompt = { to: 'process', type: 'SEND_PROMPT', prompt: on.resume.prompt };
const start = { to: 'process', type: 'START', resume: true, remembered: [] };

const idle = having(newWorker(), ...until.completed);
const gone = having(idle, on.exited({ returncode: 0 }));
const handedOver = having(idle, on.resume, on.slot);
const answered = on.result({ prompt_ids: ['prompt-2'] });
const _unasked = on.result({ prompt_ids: [] });

describe('A follow-up with another model', () => {
  it('starts its process with that, and so do all after it', () => {
    const failure = { reason: 'model_unavailable', hint: '', returncode: null } as const;
    const stranded = having(newWorker(), ...until.running, on.result({ failure }), on.exited());

    const second = having(stranded, { ...on.resume, model: 'claude-other' });
    expect(step(second, on.slot).commands).toEqual([{ ...start, model: 'claude-other' }]);

    const third = having(
      second,
      on.slot,
      on.started,
      on.initialized,
      on.accepted('prompt-2'),
      on.exited(),
      on.resume,
    );
    expect(step(third, on.slot).commands).toEqual([{ ...start, model: 'claude-other' }]);
    expect(step(having(stranded, on.resume), on.slot).commands).toEqual([start]);
  });
});

describe('A follow-up', () => {
  it('is the next turn of the same session, with nothing left of the last one', () => {
    const { context } = having(
      newWorker(),
      ...until.running,
      on.result({ failure: apiError }),
      on.resume,
    );

    expect(context.spec).toEqual(idle.context.spec);
    expect(context).toMatchObject({
      ...{ turn: 2, prompt_id: 'prompt-2', prompt: on.resume.prompt, slot: 'wanted' },
      ...{ failure: null, ending: null, saved: false, save_error: null, delivered: false },
    });
  });

  it('goes to the living process, with its slot and not before', () => {
    expect(step(idle, on.resume).commands).toEqual([]);
    expect(step(having(idle, on.resume), on.slot).commands).toEqual([sendPrompt]);
  });

  it('goes to a new process that takes the session up, where the old one has gone', () => {
    expect(step(having(gone, on.resume), on.slot).commands).toEqual([start]);
    expect(step(having(gone, on.resume, on.slot, on.started), on.initialized).commands).toEqual([
      sendPrompt,
    ]);
  });

  it('goes to a new process where the old one leaves while it waits for its slot', () => {
    const waiting = having(idle, on.resume, on.exited({ returncode: 0 }));

    expect(stateOf(waiting)).toBe('resumed.queued');
    expect(step(waiting, on.slot).commands).toEqual([start]);
  });

  it('takes up a session that a killed process began unseen, once claude says that it is there', () => {
    const unseen = having(
      newWorker(),
      on.slot,
      on.started,
      on.initialized,
      on.accepted('prompt-1'),
      on.exited(),
    );
    const retried = having(unseen, on.resume, on.slot, on.started);
    const found = { ...on.exited(), session_exists: true };

    expect(step(having(unseen, on.resume), on.slot).commands).toEqual([
      { ...start, resume: false },
    ]);
    expect(step(retried, found).commands).toEqual([start]);
    expect(stateOf(having(retried, found, found))).toBe('failed');
  });

  it('begins a new session where there never was one', () => {
    const never = having(newWorker(), on.stop, on.resume);

    expect(step(never, on.slot).commands).toEqual([{ ...start, resume: false }]);
  });

  it('is taken by every failed worker whose session is there', () => {
    const reasons: Reason[] = ['auth', 'crashed', 'interrupted', 'killed', 'stopped', 'no_answer'];
    const lost = having(newWorker(), ...until.running, on.exited({ reason: 'session_lost' }));

    for (const reason of reasons) {
      expect(having(newWorker(), ...until.running, on.exited({ reason })).can(on.resume)).toBe(
        true,
      );
    }
    expect(lost.can(on.resume)).toBe(false);
  });
});

describe('A prompt that was handed to a living process', () => {
  it('goes to a new process when that one leaves without having taken it', () => {
    const { next, commands } = step(handedOver, on.exited({ returncode: 0 }));

    expect(stateOf(next)).toBe('resumed.starting');
    expect(commands).toEqual([start]);
    expect(step(having(next, on.started), on.initialized).commands).toEqual([sendPrompt]);
  });

  it('is not sent again once it was taken', () => {
    const { next, commands } = step(having(handedOver, on.accepted('prompt-2')), on.exited());

    expect(stateOf(next)).toBe('failed');
    expect(commands.map(({ type }) => type)).toEqual(['SAVE']);
  });

  it('fails with the new process when that one leaves too', () => {
    const { next } = step(
      having(handedOver, on.exited(), on.started),
      on.exited({ reason: 'crashed' }),
    );

    expect(stateOf(next)).toBe('failed');
    expect(next.context.failure?.reason).toBe('crashed');
  });

  it.each<[string, WorkerEvent[], WorkerEvent[]]>([
    ['a new process', [on.exited()], [on.started]],
    ['the process after a living one that left', [], [on.exited(), on.started]],
  ])('must be taken by %s within the start deadline', (_, before, events) => {
    const { clock, send, state, commands } = liveWorker();
    send(...until.completed, ...before, on.resume);
    clock.increment(3_600_000);
    expect(state()).toBe('resumed.queued');

    send(on.slot, ...events);
    clock.increment(59_999);
    expect(state()).toBe('resumed.starting');
    clock.increment(1);
    expect(state()).toBe('failed');
    expect(commands.at(-1)).toBe('KILL');
  });
});

describe('The start deadline of a follow-up', () => {
  it('is over with it, and does not shorten that of the next one', () => {
    const { clock, send, state } = liveWorker({ time_limit_seconds: null });
    send(...until.completed, on.resume, on.slot);
    clock.increment(30_000);
    send(on.accepted('prompt-2'), answered, on.resume, on.slot);
    clock.increment(59_999);

    expect(state()).toBe('resumed.handed_over');
  });

  it('ends, also where a process neither takes the prompt nor goes when it is killed', () => {
    const { clock, send, state, commands } = liveWorker();
    send(...until.completed, on.resume, on.slot);
    clock.increment(60_000);
    expect([state(), commands.at(-1)]).toEqual(['resumed.handed_over', 'KILL']);
    clock.increment(12_999);
    expect(state()).toBe('resumed.handed_over');
    clock.increment(1);
    expect(state()).toBe('failed');
  });
});
