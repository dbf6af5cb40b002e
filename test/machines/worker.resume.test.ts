import { describe, expect, it } from 'vitest';
import type { Reason, WorkerEvent } from '../../machines/worker.ts';
import { apiError, having, liveWorker, newWorker, on, stateOf, step, until } from './fixtures.ts';

const sendPrompt = { to: 'process', type: 'SEND_PROMPT', prompt: on.resume.prompt };
const start = { to: 'process', type: 'START', resume: true, remembered: [] };

const idle = having(newWorker(), ...until.completed);
const withoutProcess = having(idle, on.exited({ returncode: 0 }));
const handedOver = having(idle, on.resume, on.slot);
const answered = on.result({ prompt_ids: ['prompt-2'] });

describe('A follow-up with another model', () => {
  it('starts its process with that model, and so do all later follow-ups', () => {
    const failure = { reason: 'model_unavailable', hint: '', returncode: null } as const;
    const failed = having(newWorker(), ...until.running, on.result({ failure }), on.exited());

    const second = having(failed, { ...on.resume, model: 'claude-other' });
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
    expect(step(having(failed, on.resume), on.slot).commands).toEqual([start]);
  });
});

describe('A follow-up', () => {
  it('is the next turn of the same session, without data of the last turn', () => {
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

  it('goes to the living process when it has a slot', () => {
    expect(step(idle, on.resume).commands).toEqual([]);
    expect(step(having(idle, on.resume), on.slot).commands).toEqual([sendPrompt]);
  });

  it('goes to a new process that resumes the session, after the old process exited', () => {
    expect(step(having(withoutProcess, on.resume), on.slot).commands).toEqual([start]);
    expect(
      step(having(withoutProcess, on.resume, on.slot, on.started), on.initialized).commands,
    ).toEqual([sendPrompt]);
  });

  it('goes to a new process when the old process exits while it waits for a slot', () => {
    const waiting = having(idle, on.resume, on.exited({ returncode: 0 }));

    expect(stateOf(waiting)).toBe('resumed.queued');
    expect(step(waiting, on.slot).commands).toEqual([start]);
  });

  it('resumes a session of a killed process when claude reports that the session exists', () => {
    const killed = having(
      newWorker(),
      on.slot,
      on.started,
      on.initialized,
      on.accepted('prompt-1'),
      on.exited(),
    );
    const retried = having(killed, on.resume, on.slot, on.started);
    const found = { ...on.exited(), session_exists: true };

    expect(step(having(killed, on.resume), on.slot).commands).toEqual([
      { ...start, resume: false },
    ]);
    expect(step(retried, found).commands).toEqual([start]);
    expect(stateOf(having(retried, found, found))).toBe('failed');
  });

  it('begins a new session when there is none', () => {
    const withoutSession = having(newWorker(), on.stop, on.resume);

    expect(step(withoutSession, on.slot).commands).toEqual([{ ...start, resume: false }]);
  });

  it('is accepted by every failed worker except after session_lost', () => {
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

describe('A prompt that was handed over to a living process', () => {
  it('goes to a new process when that process exits before it accepts the prompt', () => {
    const { next, commands } = step(handedOver, on.exited({ returncode: 0 }));

    expect(stateOf(next)).toBe('resumed.starting');
    expect(commands).toEqual([start]);
    expect(step(having(next, on.started), on.initialized).commands).toEqual([sendPrompt]);
  });

  it('is not sent again after it was accepted', () => {
    const { next, commands } = step(having(handedOver, on.accepted('prompt-2')), on.exited());

    expect(stateOf(next)).toBe('failed');
    expect(commands.map(({ type }) => type)).toEqual(['SAVE']);
  });

  it('fails when the new process exits too', () => {
    const { next } = step(
      having(handedOver, on.exited(), on.started),
      on.exited({ reason: 'crashed' }),
    );

    expect(stateOf(next)).toBe('failed');
    expect(next.context.failure?.reason).toBe('crashed');
  });

  it.each<[string, WorkerEvent[], WorkerEvent[]]>([
    ['a new process', [on.exited()], [on.started]],
    ['the new process after a living process that exited', [], [on.exited(), on.started]],
  ])('must be accepted by %s within the start deadline', (_, before, events) => {
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
  it('ends with its turn and does not shorten the next start deadline', () => {
    const { clock, send, state } = liveWorker({ time_limit_seconds: null });
    send(...until.completed, on.resume, on.slot);
    clock.increment(30_000);
    send(on.accepted('prompt-2'), answered, on.resume, on.slot);
    clock.increment(59_999);

    expect(state()).toBe('resumed.handed_over');
  });

  it('fails the turn when the process neither accepts the prompt nor exits after KILL', () => {
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
