import { describe, expect, it } from 'vitest';
import { having, newWorker, on, step, until } from './fixtures.ts';

const rule = {
  type: 'addRules',
  behavior: 'allow',
  rules: [{ toolName: 'Bash', ruleContent: 'ls' }],
};
const mode = { type: 'setMode', mode: 'acceptEdits', destination: 'session' };
const runningWorker = having(newWorker(), ...until.running);

/** What a worker remembers after an answer to a request with these suggestions. */
function remembered(
  suggestions: Record<string, unknown>[],
  given: Parameters<typeof on.answer>[1],
) {
  return having(runningWorker, on.asked('one', { suggestions }), on.answer('one', given)).context
    .remembered;
}

describe('An answer to be remembered', () => {
  it('keeps the rules that allow the same again, and nothing wider', () => {
    const settings = { ...rule, destination: 'localSettings' };
    const denial = { ...rule, behavior: 'deny' };

    expect(remembered([mode, settings, denial], { remember: true })).toEqual([
      { ...rule, destination: 'session' },
    ]);
  });

  it('never keeps anything for a settings file', () => {
    const everywhere = ['userSettings', 'projectSettings', 'localSettings', 'cliArg'];
    const rules = everywhere.map((destination) => ({ ...rule, destination }));

    const kept = remembered(rules, { remember: true });
    expect(kept.map(({ destination }) => destination)).toEqual(everywhere.map(() => 'session'));
  });

  it('keeps what claude suggests in place of rules where it suggests none', () => {
    const wider = { ...mode, destination: 'userSettings' };

    expect(remembered([wider], { remember: true })).toEqual([mode]);
  });

  it.each([
    ['a refusal', { allow: false, remember: true }],
    ['an answer for this once', { remember: false }],
    ['an answer that does not say', {}],
  ])('is not %s', (_, given) => {
    expect(remembered([rule], given)).toEqual([]);
  });

  it('is kept while another request is still open', () => {
    const asking = having(runningWorker, on.asked('one', { suggestions: [rule] }), on.asked('two'));

    expect(having(asking, on.answer('one', { remember: true })).context.remembered).toHaveLength(1);
  });

  it('is nothing where claude suggests nothing', () => {
    expect(remembered([], { remember: true })).toEqual([]);
  });

  it('is nothing where the request is unknown', () => {
    const asking = having(runningWorker, on.asked('one', { suggestions: [rule] }));

    expect(having(asking, on.answer('two', { remember: true })).context.remembered).toEqual([]);
  });

  it('is told to every later process of the worker', () => {
    const allowed = having(
      runningWorker,
      on.asked('one', { suggestions: [rule] }),
      on.answer('one', { remember: true }),
    );
    const start = {
      ...{ to: 'process', type: 'START', resume: true },
      remembered: [{ ...rule, destination: 'session' }],
    };

    const second = having(allowed, on.result(), on.exited(), on.resume);
    expect(step(second, on.slot).commands).toEqual([start]);

    const third = having(
      second,
      on.slot,
      on.started,
      on.accepted('prompt-2'),
      on.exited(),
      on.resume,
    );
    expect(step(third, on.slot).commands).toEqual([start]);
  });

  it('is not known to a worker that remembered nothing', () => {
    const second = having(newWorker(), ...until.completed, on.exited(), on.resume);

    expect(step(second, on.slot).commands).toMatchObject([{ type: 'START', remembered: [] }]);
  });
});
