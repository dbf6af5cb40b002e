import { describe, expect, it } from 'vitest';
import {
  accepted,
  answer,
  asked,
  completed,
  exited,
  having,
  newWorker,
  result,
  resume,
  running,
  slot,
  started,
  step,
} from './worker-fixtures.ts';

const rule = {
  type: 'addRules',
  behavior: 'allow',
  rules: [{ toolName: 'Bash', ruleContent: 'ls' }],
};
const mode = { type: 'setMode', mode: 'acceptEdits', destination: 'session' };
const runningWorker = having(newWorker(), ...running);

/** What a worker remembers after an answer to a request with these suggestions. */
function remembered(suggestions: Record<string, unknown>[], given: Parameters<typeof answer>[1]) {
  return having(runningWorker, asked('one', { suggestions }), answer('one', given)).context
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
    const asking = having(runningWorker, asked('one', { suggestions: [rule] }), asked('two'));

    expect(having(asking, answer('one', { remember: true })).context.remembered).toHaveLength(1);
  });

  it('is nothing where claude suggests nothing', () => {
    expect(remembered([], { remember: true })).toEqual([]);
  });

  it('is nothing where the request is unknown', () => {
    const asking = having(runningWorker, asked('one', { suggestions: [rule] }));

    expect(having(asking, answer('two', { remember: true })).context.remembered).toEqual([]);
  });

  it('is told to every later process of the worker', () => {
    const allowed = having(
      runningWorker,
      asked('one', { suggestions: [rule] }),
      answer('one', { remember: true }),
    );
    const start = {
      ...{ to: 'process', type: 'START', resume: true },
      remembered: [{ ...rule, destination: 'session' }],
    };

    const second = having(allowed, result(), exited(), resume);
    expect(step(second, slot).commands).toEqual([start]);

    const third = having(second, slot, started, accepted('prompt-2'), exited(), resume);
    expect(step(third, slot).commands).toEqual([start]);
  });

  it('is not known to a worker that remembered nothing', () => {
    const second = having(newWorker(), ...completed, exited(), resume);

    expect(step(second, slot).commands).toMatchObject([{ type: 'START', remembered: [] }]);
  });
});
