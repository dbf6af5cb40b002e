import { describe, expect, it } from 'vitest';
import type { Reason, WorkerEvent } from '../../machines/worker.ts';
import {
  accepted,
  apiError,
  completed,
  exited,
  having,
  initialized,
  liveWorker,
  newWorker,
  result,
  resume,
  running,
  slot,
  started,
  stateOf,
  step,
  stop,
} from './worker-fixtures.ts';

const sendPrompt = { to: 'process', type: 'SEND_PROMPT', prompt: resume.prompt };
const start = { to: 'process', type: 'START', resume: true, remembered: [] };

const idle = having(newWorker(), ...completed);
const gone = having(idle, exited({ returncode: 0 }));
const handedOver = having(idle, resume, slot);
const answered = result({ prompt_ids: ['prompt-2'] });
const _unasked = result({ prompt_ids: [] });

describe('A follow-up with another model', () => {
  it('starts its process with that, and so do all after it', () => {
    const failure = { reason: 'model_unavailable', hint: '', returncode: null } as const;
    const stranded = having(newWorker(), ...running, result({ failure }), exited());

    const second = having(stranded, { ...resume, model: 'claude-other' });
    expect(step(second, slot).commands).toEqual([{ ...start, model: 'claude-other' }]);

    const third = having(
      second,
      slot,
      started,
      initialized,
      accepted('prompt-2'),
      exited(),
      resume,
    );
    expect(step(third, slot).commands).toEqual([{ ...start, model: 'claude-other' }]);
    expect(step(having(stranded, resume), slot).commands).toEqual([start]);
  });
});

describe('A follow-up', () => {
  it('is the next turn of the same session, with nothing left of the last one', () => {
    const { context } = having(newWorker(), ...running, result({ failure: apiError }), resume);

    expect(context.spec).toEqual(idle.context.spec);
    expect(context).toMatchObject({
      ...{ turn: 2, prompt_id: 'prompt-2', prompt: resume.prompt, slot: 'wanted' },
      ...{ failure: null, ending: null, saved: false, save_error: null, delivered: false },
    });
  });

  it('goes to the living process, with its slot and not before', () => {
    expect(step(idle, resume).commands).toEqual([]);
    expect(step(having(idle, resume), slot).commands).toEqual([sendPrompt]);
  });

  it('goes to a new process that takes the session up, where the old one has gone', () => {
    expect(step(having(gone, resume), slot).commands).toEqual([start]);
    expect(step(having(gone, resume, slot, started), initialized).commands).toEqual([sendPrompt]);
  });

  it('goes to a new process where the old one leaves while it waits for its slot', () => {
    const waiting = having(idle, resume, exited({ returncode: 0 }));

    expect(stateOf(waiting)).toBe('resumed.queued');
    expect(step(waiting, slot).commands).toEqual([start]);
  });

  it('takes up a session that a killed process began unseen, once claude says that it is there', () => {
    const unseen = having(newWorker(), slot, started, initialized, accepted('prompt-1'), exited());
    const retried = having(unseen, resume, slot, started);
    const found = { ...exited(), session_exists: true };

    expect(step(having(unseen, resume), slot).commands).toEqual([{ ...start, resume: false }]);
    expect(step(retried, found).commands).toEqual([start]);
    expect(stateOf(having(retried, found, found))).toBe('failed');
  });

  it('begins a new session where there never was one', () => {
    const never = having(newWorker(), stop, resume);

    expect(step(never, slot).commands).toEqual([{ ...start, resume: false }]);
  });

  it('is taken by every failed worker whose session is there', () => {
    const reasons: Reason[] = ['auth', 'crashed', 'interrupted', 'killed', 'stopped', 'no_answer'];
    const lost = having(newWorker(), ...running, exited({ reason: 'session_lost' }));

    for (const reason of reasons) {
      expect(having(newWorker(), ...running, exited({ reason })).can(resume)).toBe(true);
    }
    expect(lost.can(resume)).toBe(false);
  });
});

describe('A prompt that was handed to a living process', () => {
  it('goes to a new process when that one leaves without having taken it', () => {
    const { next, commands } = step(handedOver, exited({ returncode: 0 }));

    expect(stateOf(next)).toBe('resumed.starting');
    expect(commands).toEqual([start]);
    expect(step(having(next, started), initialized).commands).toEqual([sendPrompt]);
  });

  it('is not sent again once it was taken', () => {
    const { next, commands } = step(having(handedOver, accepted('prompt-2')), exited());

    expect(stateOf(next)).toBe('failed');
    expect(commands.map(({ type }) => type)).toEqual(['SAVE']);
  });

  it('fails with the new process when that one leaves too', () => {
    const { next } = step(having(handedOver, exited(), started), exited({ reason: 'crashed' }));

    expect(stateOf(next)).toBe('failed');
    expect(next.context.failure?.reason).toBe('crashed');
  });

  it.each<[string, WorkerEvent[], WorkerEvent[]]>([
    ['a new process', [exited()], [started]],
    ['the process after a living one that left', [], [exited(), started]],
  ])('must be taken by %s within the start deadline', (_, before, events) => {
    const { clock, tell, state, commands } = liveWorker();
    tell(...completed, ...before, resume);
    clock.increment(3_600_000);
    expect(state()).toBe('resumed.queued');

    tell(slot, ...events);
    clock.increment(59_999);
    expect(state()).toBe('resumed.starting');
    clock.increment(1);
    expect(state()).toBe('failed');
    expect(commands.at(-1)).toBe('KILL');
  });
});

describe('The start deadline of a follow-up', () => {
  it('is over with it, and does not shorten that of the next one', () => {
    const { clock, tell, state } = liveWorker({ time_limit_seconds: null });
    tell(...completed, resume, slot);
    clock.increment(30_000);
    tell(accepted('prompt-2'), answered, resume, slot);
    clock.increment(59_999);

    expect(state()).toBe('resumed.handed_over');
  });

  it('ends, also where a process neither takes the prompt nor goes when it is killed', () => {
    const { clock, tell, state, commands } = liveWorker();
    tell(...completed, resume, slot);
    clock.increment(60_000);
    expect([state(), commands.at(-1)]).toEqual(['resumed.handed_over', 'KILL']);
    clock.increment(12_999);
    expect(state()).toBe('resumed.handed_over');
    clock.increment(1);
    expect(state()).toBe('failed');
  });
});
