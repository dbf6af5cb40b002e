import { describe, expect, it } from 'vitest';
import {
  accepted,
  apiError,
  completed,
  exited,
  having,
  initialized,
  liveWorker,
  newWorker,
  opened,
  result,
  resume,
  slot,
  started,
  stateOf,
  step,
} from './worker-fixtures.ts';

const sendPrompt = { to: 'process', type: 'SEND_PROMPT', prompt: resume.prompt };
const idle = having(newWorker(), ...completed);
const handedOver = having(idle, resume, slot);
const answered = result({ prompt_ids: ['prompt-2'] });
const unasked = result({ prompt_ids: [] });

describe('A turn that claude opens by itself', () => {
  const failed = result({ prompt_ids: [], failure: apiError });

  it.each([['is answered', unasked] as const, ['fails', failed] as const])(
    'is not the follow-up that waits for a slot, even when it %s',
    (_, end) => {
      const worker = having(idle, resume, opened, end);

      expect(stateOf(worker)).toBe('resumed.queued');
      expect(step(worker, slot).commands).toEqual([sendPrompt]);
    },
  );

  it.each([['is answered', unasked] as const, ['fails', failed] as const])(
    'is not the follow-up that was handed over, even when it %s',
    (_, end) => {
      const worker = having(handedOver, opened, end);
      expect(stateOf(worker)).toBe('resumed.handed_over');

      const taken = having(worker, accepted('prompt-2'), opened, answered);
      expect(stateOf(taken)).toBe('completed');
    },
  );

  it('is not the follow-up of a new process, even when that wants an object and it has none', () => {
    const options = { output_schema: { type: 'object' } };
    const answeredOnce = having(newWorker({ options }), ...completed.slice(0, -1));
    const first = having(answeredOnce, result({ has_object: true }));
    const worker = having(first, exited(), resume, slot, started, initialized, opened, unasked);

    expect(stateOf(first)).toBe('completed');
    expect(stateOf(worker)).toBe('resumed.starting');
  });

  it('keeps the follow-up no longer than the start deadline from a process of its own', () => {
    const { clock, tell, state, commands } = liveWorker();
    tell(...completed, resume, slot, opened);
    clock.increment(60_000);
    expect([state(), commands.at(-1)]).toEqual(['resumed.handed_over', 'KILL']);

    tell(exited({ reason: 'killed' }));
    expect(commands.at(-1)).toBe('START');
    tell(started, initialized);
    expect([state(), commands.at(-1)]).toEqual(['resumed.starting', 'SEND_PROMPT']);
  });
});
