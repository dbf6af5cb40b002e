import { describe, expect, it } from 'vitest';
import { grantsOf } from '../../machines/worker.ts';
import { permissionRequest } from '../src/fixtures.ts';
import { having, newWorker, on, step, until } from './fixtures.ts';

const rule = {
  type: 'addRules',
  behavior: 'allow',
  rules: [{ toolName: 'Bash', ruleContent: 'ls' }],
};
const mode = { type: 'setMode', mode: 'acceptEdits', destination: 'session' };
const runningWorker = having(newWorker(), ...until.running);

/** Returns what a worker remembers after an answer to a request with these suggestions. */
function remembered(
  suggestions: Record<string, unknown>[],
  given: Parameters<typeof on.answer>[1],
) {
  return having(runningWorker, on.asked('one', { suggestions }), on.answer('one', given)).context
    .remembered;
}

describe('An answer with remember', () => {
  it('keeps the suggested rules that allow, and no wider update', () => {
    const settings = { ...rule, destination: 'localSettings' };
    const denial = { ...rule, behavior: 'deny' };

    expect(remembered([mode, settings, denial], { remember: true })).toEqual([
      { ...rule, destination: 'session' },
    ]);
  });

  it('keeps every rule for the session, and none for a settings file', () => {
    const everywhere = ['userSettings', 'projectSettings', 'localSettings', 'cliArg'];
    const rules = everywhere.map((destination) => ({ ...rule, destination }));

    const kept = remembered(rules, { remember: true });
    expect(kept.map(({ destination }) => destination)).toEqual(everywhere.map(() => 'session'));
  });

  it.each([
    ['Write', '/p/a.txt', '//p/a.txt'],
    ['Edit', '/p/a b (1).txt', '//p/a b (1).txt'],
    ['MultiEdit', '/p/[x]{y}*!#', '//p/\\[x\\]\\{y\\}\\*\\!\\#'],
  ])('keeps a rule for the file of a %s of %s, and no mode and no folder', (tool, path, rule) => {
    const folder = { type: 'addDirectories', directories: ['/p'], destination: 'session' };
    const request = permissionRequest({
      ...{ tool, input: { file_path: path, content: 'x' }, suggestions: [mode, folder] },
    });

    expect(grantsOf(request)).toEqual([
      {
        ...{ type: 'addRules', behavior: 'allow', destination: 'session' },
        rules: [{ toolName: 'Edit', ruleContent: rule }],
      },
    ]);
  });

  it('keeps a rule for the notebook of a NotebookEdit', () => {
    const input = { notebook_path: '/p/n.ipynb' };
    const [grant] = grantsOf(permissionRequest({ tool: 'NotebookEdit', input }));
    expect(grant).toMatchObject({ rules: [{ toolName: 'Edit', ruleContent: '//p/n.ipynb' }] });
  });

  it.each([
    ['a mode', 'ExitPlanMode', {}],
    ['a command', 'Bash', { command: 'mkdir x' }],
    ['a relative file', 'Write', { file_path: 'a.txt' }],
    ['a file whose name is a wider pattern', 'Write', { file_path: '/p/a?.txt' }],
    ['a file that a pattern cannot name', 'Write', { file_path: '/p/a\\b.txt' }],
  ])('keeps nothing for %s when claude suggests no rule', (_, tool, input) => {
    expect(grantsOf(permissionRequest({ tool, input, suggestions: [mode] }))).toEqual([]);
  });

  it('keeps what the record of the answer names, not what its request suggests', () => {
    const granted = [{ ...rule, destination: 'session' }];

    expect(remembered([mode], { remember: true, granted })).toEqual(granted);
  });

  it.each([
    ['it denies', { allow: false, remember: true }],
    ['remember is false', { remember: false }],
    ['remember is missing', {}],
  ])('keeps nothing when %s', (_, given) => {
    expect(remembered([rule], given)).toEqual([]);
  });

  it('keeps its rules also while another request is open', () => {
    const asking = having(runningWorker, on.asked('one', { suggestions: [rule] }), on.asked('two'));

    expect(having(asking, on.answer('one', { remember: true })).context.remembered).toHaveLength(1);
  });

  it('keeps nothing when claude suggests nothing', () => {
    expect(remembered([], { remember: true })).toEqual([]);
  });

  it('keeps nothing for an unknown request', () => {
    const asking = having(runningWorker, on.asked('one', { suggestions: [rule] }));

    expect(having(asking, on.answer('two', { remember: true })).context.remembered).toEqual([]);
  });

  it('gives its rules to every later process of the worker', () => {
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

  it('does not exist in a worker that remembers nothing', () => {
    const second = having(newWorker(), ...until.completed, on.exited(), on.resume);

    expect(step(second, on.slot).commands).toMatchObject([{ type: 'START', remembered: [] }]);
  });
});
