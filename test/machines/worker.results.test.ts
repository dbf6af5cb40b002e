import { describe, expect, it } from 'vitest';
import type { TurnResult, WorkerEvent } from '../../machines/worker.ts';
import { apiError, having, newWorker, on, stateOf, step, until } from './fixtures.ts';

const runningWorker = having(newWorker(), ...until.running);
const secondTurn = [on.resume, on.slot, on.accepted('prompt-2')];
const secondProcess = [on.exited(), on.resume, on.slot, on.started, on.accepted('prompt-2')];
const prompt_ids = ['prompt-2'];

describe('A result', () => {
  it('ends the turn of a prompt that it names', () => {
    const folded = on.result({ prompt_ids: ['prompt-0', 'prompt-1'] });

    expect(stateOf(having(runningWorker, folded))).toBe('completed');
  });

  it('without a prompt ends the current turn', () => {
    expect(stateOf(having(runningWorker, on.result({ prompt_ids: [] })))).toBe('completed');
  });

  it('of an earlier prompt changes nothing', () => {
    const worker = having(newWorker(), ...until.completed, ...secondTurn);

    expect(step(worker, on.result()).next).toBe(worker);
  });

  it('with a failure fails the turn, and keeps the process for the next turn', () => {
    const { next, commands } = step(runningWorker, on.result({ failure: apiError }));

    expect(stateOf(next)).toBe('failed');
    expect(next.context.failure).toEqual(apiError);
    expect(next.context.process).toEqual({ pid: 4711, start_time: '1' });
    expect(commands.map(({ type }) => type)).toEqual(['SAVE']);
  });

  it('with a failure fails the turn of a worker that asks once its request is answered', () => {
    const asking = having(runningWorker, on.session('running'), on.asked('one'));
    const failure = on.result({ failure: apiError });
    const { next } = step(having(asking, failure, on.answer('one')), on.session('idle'));
    expect([stateOf(next), next.context.failure]).toEqual(['failed', apiError]);
  });

  it.each<[string, Partial<TurnResult>, string]>([
    ['without the object of output_schema is a failure', {}, 'failed'],
    ['with the object of output_schema is an answer', { has_object: true }, 'completed'],
  ])('%s', (_, changes, state) => {
    const options = { output_schema: { type: 'object' } };
    const { value, context } = having(newWorker({ options }), ...until.running, on.result(changes));

    expect(value).toBe(state);
    expect(context.failure?.reason).toBe(state === 'failed' ? 'no_answer' : undefined);
  });

  it('of a missing model names the known models in its hint', () => {
    const failure = { reason: 'model_unavailable', hint: 'Run --model', returncode: null } as const;
    const failed = (...events: WorkerEvent[]) =>
      having(newWorker(), ...events, on.opened, on.result({ failure })).context.failure;
    const hint =
      'The API answered 404 for model claude-test: it is not there, or not for this account. Name another one in options.model, or for all workers in --default-model.';

    const failedWith = (models: string[]) =>
      failed(on.slot, on.started, { ...on.initialized, models });
    expect(failedWith(['default', 'opus', 'claude-test'])).toEqual({
      ...failure,
      hint: `${hint} This claude knows default, opus.`,
    });
    const many = Array.from({ length: 30 }, (_, index) => `us.anthropic.claude-${index}`);
    expect(failedWith(many)?.hint).toContain(
      'knows us.anthropic.claude-0, us.anthropic.claude-1, us.anthropic.claude-2, us.anthropic.claude-3, us.anthropic.claude-4 and others.',
    );
    // An older claude reports no models, and older journals have none.
    expect(failed(on.slot, on.started, on.initialized)?.hint).toBe(hint);
    expect(
      having(newWorker(), ...until.starting, on.result({ failure })).context.failure?.hint,
    ).toContain('The API answered 404 for the model of this worker:');
  });

  it('terminates the process after model_unavailable, and after no other reason', () => {
    const failed = (reason: 'model_unavailable' | 'api_error') =>
      step(runningWorker, on.result({ failure: { ...apiError, reason } })).commands;

    expect(failed('model_unavailable').map(({ type }) => type)).toEqual(['SAVE', 'TERMINATE']);
    expect(failed('api_error').map(({ type }) => type)).toEqual(['SAVE']);
  });

  it('of a missing model names the known models also in a follow-up that fails at its start', () => {
    const failure = { reason: 'model_unavailable', hint: 'Run --model', returncode: null } as const;
    const first = [
      on.slot,
      on.started,
      { ...on.initialized, models: ['opus'] },
      on.accepted(),
      on.opened,
      on.result(),
    ];
    const followUp = having(newWorker(), ...first, on.exited(), on.resume, on.slot, on.started);

    const { next } = step(followUp, on.result({ failure, prompt_ids }));
    expect(next.context.failure?.hint).toMatch(/This claude knows opus\.$/);
  });
});

describe('A refusal of the API', () => {
  const refused = (prompt_id: string, refusal?: string) =>
    on.result({ failure: apiError, prompt_ids: [prompt_id], ...(refusal && { refusal }) });
  const third = { type: 'RESUME', prompt: { id: 'prompt-3', text: 'Again.' } } as const;
  const hintAfter = (...events: WorkerEvent[]) =>
    having(newWorker(), ...until.running, ...events).context.failure?.hint;

  it('that a follow-up meets again is named as one of the conversation', () => {
    const first = refused('prompt-1', '400 invalid_request_error');
    const again = refused('prompt-2', '400 invalid_request_error');
    expect(hintAfter(first)).toBe(apiError.hint);
    expect(hintAfter(first, ...secondTurn, again)).toMatch(
      /^API Error: 400\. The API refused .* spawn_worker/,
    );
    expect(hintAfter(first, ...secondProcess, again)).toContain('refuses this conversation');
  });

  it('of another kind, or after a turn without one, is named as it is', () => {
    const first = refused('prompt-1', '400 invalid_request_error');
    expect(hintAfter(first, ...secondTurn, refused('prompt-2', '413'))).toBe(apiError.hint);
    expect(hintAfter(refused('prompt-1'), ...secondTurn, refused('prompt-2'))).toBe(apiError.hint);
    const between = [on.result({ prompt_ids }), third, on.slot, on.accepted('prompt-3')];
    const last = refused('prompt-3', '400 invalid_request_error');
    expect(hintAfter(first, ...secondTurn, ...between, last)).toBe(apiError.hint);
    const stopped = [on.stop, on.exited(), third, on.slot, on.started, on.accepted('prompt-3')];
    expect(hintAfter(first, ...secondTurn, ...stopped, last)).toBe(apiError.hint);
  });
});

describe('The model of a worker', () => {
  it('is the last model that claude named', () => {
    const seen = { type: 'MESSAGE_SEEN', role: 'assistant', brief: '', model: 'other' } as const;

    expect(having(newWorker(), ...until.starting, on.opened).context.model).toBe('claude-test');
    expect(runningWorker.context.model).toBe('claude-test');
    const reopened = having(runningWorker, on.result(), on.resume, on.slot, {
      ...on.opened,
      model: 'newer',
    });
    expect(reopened.context.model).toBe('newer');
    expect(having(runningWorker, on.asked('one'), seen).context.model).toBe('other');
    expect(having(runningWorker, seen).context.model).toBe('other');
    expect(having(runningWorker, seen, { ...seen, model: null }).context.model).toBe('other');
  });
});

describe('The totals', () => {
  const costOf = (...events: WorkerEvent[]) =>
    having(newWorker(), ...until.running, ...events).context.totals.cost_usd;

  it('include all turns, also failed turns', () => {
    const usage = { output_tokens: 1, cache_read_input_tokens: 7 };
    const worker = having(
      newWorker(),
      ...until.completed,
      ...secondTurn,
      on.result({ prompt_ids, failure: apiError, usage, cost_usd: 0.25, total_cost_usd: 0.75 }),
    );

    expect(worker.context.totals).toEqual({
      ...{ cost_usd: 0.75, num_turns: 4, duration_ms: 2000 },
      usage: { input_tokens: 10, output_tokens: 6, cache_read_input_tokens: 7 },
    });
  });

  it('grow with the sum of the process when a turn has no cost of its own', () => {
    const first = on.result({ cost_usd: null, total_cost_usd: 0.5 });
    const next = on.result({ prompt_ids, cost_usd: null, total_cost_usd: 0.75 });

    expect(costOf(first)).toBe(0.5);
    expect(costOf(first, ...secondTurn, next)).toBe(0.75);
  });

  it('continue when a new process resumes the session and its sum', () => {
    const next = on.result({ prompt_ids, cost_usd: null, total_cost_usd: 0.75 });

    expect(costOf(on.result(), ...secondProcess, next)).toBe(0.75);
  });

  it('never shrink when the sum of a new process starts at zero', () => {
    const next = on.result({ prompt_ids, cost_usd: null, total_cost_usd: 0.25 });

    expect(costOf(on.result(), ...secondProcess, next)).toBe(0.5);
  });

  it('take the whole sum of a new process where claude counts by process', () => {
    const opened = { ...on.opened, counts_by_process: true } as const;
    const first = [opened, on.result({ cost_usd: null, total_cost_usd: 0.5 })];
    const next = (sum: number) => on.result({ prompt_ids, cost_usd: null, total_cost_usd: sum });
    const third = { type: 'RESUME', prompt: { id: 'prompt-3', text: 'Again.' } } as const;
    const last = on.result({ prompt_ids: ['prompt-3'], cost_usd: null, total_cost_usd: 0.375 });

    expect(costOf(...first, ...secondProcess, opened, next(0.25))).toBe(0.75);
    expect(costOf(...first, ...secondProcess, opened, next(2))).toBe(2.5);
    expect(
      costOf(
        ...[...first, ...secondProcess, opened, next(0.25)],
        ...[third, on.slot, on.accepted('prompt-3'), last],
      ),
    ).toBe(0.875);
  });

  it('include the cost of a turn that claude opened by itself', () => {
    const unasked = on.result({ prompt_ids: [], cost_usd: 0.25, total_cost_usd: 0.75 });
    const next = on.result({ prompt_ids, cost_usd: 0.5, total_cost_usd: 1.25 });

    expect(costOf(on.result(), on.opened, unasked, ...secondTurn, next)).toBe(1.25);
  });

  it.each<[string, WorkerEvent[]]>([
    ['was answered while a request was open', [on.asked('one'), on.result()]],
    ['failed while a request was open', [on.asked('one'), on.result({ failure: apiError })]],
    ['was stopped', [on.stop, on.result({ failure: apiError }), on.exited()]],
  ])('include the cost of a turn that %s', (_, events) => {
    expect(costOf(...events)).toBe(0.5);
  });

  it.each<[string, WorkerEvent[]]>([
    ['of a first turn', until.starting],
    ['of a follow-up', until.resumedStarting],
  ])('include the cost of a failed start %s', (_, events) => {
    const failed = on.result({ prompt_ids: [], failure: apiError, total_cost_usd: 1 });

    expect(having(newWorker(), ...events, failed).context.totals.cost_usd).toBe(1);
  });
});
