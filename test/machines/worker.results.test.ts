import { describe, expect, it } from 'vitest';
import type { TurnResult, WorkerEvent } from '../../machines/worker.ts';
import { apiError, having, newWorker, on, stateOf, step, until } from './fixtures.ts';

const runningWorker = having(newWorker(), ...until.running);
const second = [on.resume, on.slot, on.accepted('prompt-2')];
const prompt_ids = ['prompt-2'];

describe('A result', () => {
  it('ends the turn of the prompt that it names, among others or alone', () => {
    const folded = on.result({ prompt_ids: ['prompt-0', 'prompt-1'] });

    expect(stateOf(having(runningWorker, folded))).toBe('completed');
  });

  it('ends the turn that is under way when it names none', () => {
    expect(stateOf(having(runningWorker, on.result({ prompt_ids: [] })))).toBe('completed');
  });

  it('of an earlier prompt ends nothing and counts for nothing', () => {
    const worker = having(newWorker(), ...until.completed, ...second);

    expect(step(worker, on.result()).next).toBe(worker);
  });

  it.each([
    ['runs', runningWorker],
    ['waits for a permission', having(runningWorker, on.asked('one'))],
  ])('with a failure fails a turn that %s, and the process stays for the next one', (_, worker) => {
    const { next, commands } = step(worker, on.result({ failure: apiError }));

    expect(stateOf(next)).toBe('failed');
    expect(next.context.failure).toEqual(apiError);
    expect(next.context.process).toEqual({ pid: 4711, start_time: '1' });
    expect(commands.map(({ type }) => type)).toEqual(['SAVE']);
  });

  it.each<[string, Partial<TurnResult>, string]>([
    ['without the object that was asked for is none', {}, 'failed'],
    ['with the object that was asked for is one', { has_object: true }, 'completed'],
  ])('%s', (_, changes, state) => {
    const options = { output_schema: { type: 'object' } };
    const { value, context } = having(newWorker({ options }), ...until.running, on.result(changes));

    expect(value).toBe(state);
    expect(context.failure?.reason).toBe(state === 'failed' ? 'no_answer' : undefined);
  });

  it('names the models that there are when the API does not have its own', () => {
    const failure = { reason: 'model_unavailable', hint: 'Run --model', returncode: null } as const;
    const failed = (...events: WorkerEvent[]) =>
      having(newWorker(), ...events, on.opened, on.result({ failure })).context.failure;
    const hint =
      'The API answered 404 for model claude-test: it is not there, or not for this account. Name another one in options.model, or for all workers in --default-model.';

    const knowing = (models: string[]) =>
      failed(on.slot, on.started, { ...on.initialized, models });
    expect(knowing(['default', 'opus', 'claude-test'])).toEqual({
      ...failure,
      hint: `${hint} This claude knows default, opus.`,
    });
    const many = Array.from({ length: 30 }, (_, index) => `us.anthropic.claude-${index}`);
    expect(knowing(many)?.hint).toContain(
      'knows us.anthropic.claude-0, us.anthropic.claude-1, us.anthropic.claude-2, us.anthropic.claude-3, us.anthropic.claude-4 and others.',
    );
    // An older claude tells of none, and neither do journals of earlier versions.
    expect(failed(on.slot, on.started, on.initialized)?.hint).toBe(hint);
    expect(
      having(newWorker(), ...until.starting, on.result({ failure })).context.failure?.hint,
    ).toContain('The API answered 404 for the model of this worker:');
  });

  it('ends a process whose model the API does not have, and no other', () => {
    const failed = (reason: 'model_unavailable' | 'api_error') =>
      step(runningWorker, on.result({ failure: { ...apiError, reason } })).commands;

    expect(failed('model_unavailable').map(({ type }) => type)).toEqual(['SAVE', 'TERMINATE']);
    expect(failed('api_error').map(({ type }) => type)).toEqual(['SAVE']);
  });

  it('names them in a follow-up too, also in one that fails as it starts', () => {
    const failure = { reason: 'model_unavailable', hint: 'Run --model', returncode: null } as const;
    const first = [
      on.slot,
      on.started,
      { ...on.initialized, models: ['opus'] },
      on.accepted(),
      on.opened,
      on.result(),
    ];
    const follow = having(newWorker(), ...first, on.exited(), on.resume, on.slot, on.started);

    const { next } = step(follow, on.result({ failure, prompt_ids }));
    expect(next.context.failure?.hint).toMatch(/This claude knows opus\.$/);
  });

  it('tells the model that really ran', () => {
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

  it('sum up all turns, the failed ones too', () => {
    const usage = { output_tokens: 1, cache_read_input_tokens: 7 };
    const worker = having(
      newWorker(),
      ...until.completed,
      ...second,
      on.result({ prompt_ids, failure: apiError, usage, cost_usd: 0.25, total_cost_usd: 0.75 }),
    );

    expect(worker.context.totals).toEqual({
      ...{ cost_usd: 0.75, num_turns: 4, duration_ms: 2000 },
      usage: { input_tokens: 10, output_tokens: 6, cache_read_input_tokens: 7 },
    });
  });

  it('take what the running cost of the process grew by where a turn tells no cost of its own', () => {
    const first = on.result({ cost_usd: null, total_cost_usd: 0.5 });
    const next = on.result({ prompt_ids, cost_usd: null, total_cost_usd: 0.75 });

    expect(costOf(first)).toBe(0.5);
    expect(costOf(first, ...second, next)).toBe(0.75);
  });

  it('go on from what was spent when a new process takes the session up', () => {
    const next = on.result({ prompt_ids, cost_usd: null, total_cost_usd: 0.75 });

    expect(
      costOf(
        on.result(),
        on.exited(),
        on.resume,
        on.slot,
        on.started,
        on.accepted('prompt-2'),
        next,
      ),
    ).toBe(0.75);
  });

  it('never shrink, even where a new process counts from nothing', () => {
    const next = on.result({ prompt_ids, cost_usd: null, total_cost_usd: 0.25 });

    expect(
      costOf(
        on.result(),
        on.exited(),
        on.resume,
        on.slot,
        on.started,
        on.accepted('prompt-2'),
        next,
      ),
    ).toBe(0.5);
  });

  it('hold what claude spent on a turn that it opened by itself', () => {
    const unasked = on.result({ prompt_ids: [], cost_usd: 0.25, total_cost_usd: 0.75 });
    const next = on.result({ prompt_ids, cost_usd: 0.5, total_cost_usd: 1.25 });

    expect(costOf(on.result(), on.opened, unasked, ...second, next)).toBe(1.25);
  });

  it.each<[string, WorkerEvent[]]>([
    ['was answered while a request was open', [on.asked('one'), on.result()]],
    ['failed while a request was open', [on.asked('one'), on.result({ failure: apiError })]],
    ['was stopped', [on.stop, on.result({ failure: apiError }), on.exited()]],
  ])('hold the cost of a turn that %s', (_, events) => {
    expect(costOf(...events)).toBe(0.5);
  });

  it.each<[string, WorkerEvent[]]>([
    ['of a first turn', until.starting],
    ['of a follow-up', until.resumedStarting],
  ])('hold what a failure to start cost, %s', (_, events) => {
    const failed = on.result({ prompt_ids: [], failure: apiError, total_cost_usd: 1 });

    expect(having(newWorker(), ...events, failed).context.totals.cost_usd).toBe(1);
  });
});
