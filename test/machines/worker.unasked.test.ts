import { describe, expect, it } from 'vitest';
import { apiError, having, liveWorker, newWorker, on, stateOf, step, until } from './fixtures.ts';

const sendPrompt = { to: 'process', type: 'SEND_PROMPT', prompt: on.resume.prompt };
const idle = having(newWorker(), ...until.completed);
const handedOver = having(idle, on.resume, on.slot);
const answered = on.result({ prompt_ids: ['prompt-2'] });
const unasked = on.result({ prompt_ids: [] });

describe('A turn that claude opens by itself', () => {
  const failed = on.result({ prompt_ids: [], failure: apiError });

  it.each([['is answered', unasked] as const, ['fails', failed] as const])(
    'does not end a follow-up that waits for a slot, also when it %s',
    (_, end) => {
      const worker = having(idle, on.resume, on.opened, end);

      expect(stateOf(worker)).toBe('resumed.queued');
      expect(step(worker, on.slot).commands).toEqual([sendPrompt]);
    },
  );

  it.each([['is answered', unasked] as const, ['fails', failed] as const])(
    'does not end a follow-up that was handed over, also when it %s',
    (_, end) => {
      const worker = having(handedOver, on.opened, end);
      expect(stateOf(worker)).toBe('resumed.handed_over');

      const taken = having(worker, on.accepted('prompt-2'), on.opened, answered);
      expect(stateOf(taken)).toBe('completed');
    },
  );

  it('without the object of output_schema does not fail the follow-up of a new process', () => {
    const options = { output_schema: { type: 'object' } };
    const answeredOnce = having(newWorker({ options }), ...until.completed.slice(0, -1));
    const first = having(answeredOnce, on.result({ has_object: true }));
    const worker = having(
      first,
      on.exited(),
      on.resume,
      on.slot,
      on.started,
      on.initialized,
      on.opened,
      unasked,
    );

    expect(stateOf(first)).toBe('completed');
    expect(stateOf(worker)).toBe('resumed.starting');
  });

  it('delays a follow-up until the start deadline, when a new process gets the prompt', () => {
    const { clock, send, state, commands } = liveWorker();
    send(...until.completed, on.resume, on.slot, on.opened);
    clock.increment(60_000);
    expect([state(), commands.at(-1)]).toEqual(['resumed.handed_over', 'KILL']);

    send(on.exited({ reason: 'killed' }));
    expect(commands.at(-1)).toBe('START');
    send(on.started, on.initialized);
    expect([state(), commands.at(-1)]).toEqual(['resumed.starting', 'SEND_PROMPT']);
  });
});
