import { describe, expect, it } from 'vitest';
import { having, newWorker, on, step, until } from './fixtures.ts';

const saveFailed = { type: 'SAVE_FAILED', turn: 1, hint: 'The disk is full.' } as const;
const done = having(newWorker(), ...until.completed);
const secondTurn = [on.resume, on.slot, on.accepted('prompt-2')];
const secondResult = on.result({ prompt_ids: [] });

describe('The end of a turn', () => {
  it('is saved to the history file, with an answer or a failure', () => {
    const runningWorker = having(newWorker(), ...until.running);
    const save = { to: 'archive', type: 'SAVE', turn: 1, expected: [] };

    expect(step(runningWorker, on.result()).commands).toEqual([save]);
    expect(step(runningWorker, on.exited()).commands).toEqual([save]);
  });

  it('counts as saved when the file has it', () => {
    expect(done.context.saved).toBe(false);
    expect(having(done, on.saved).context).toMatchObject({ saved: true, save_error: null });
  });

  it('counts as saved, with an error, when the file could not be written', () => {
    const { context } = having(done, saveFailed);

    expect(context).toMatchObject({ saved: true, save_error: 'The disk is full.' });
  });

  it('does not count as saved after SAVED or SAVE_FAILED of an earlier turn', () => {
    const next = having(done, ...secondTurn, secondResult);

    expect(having(next, on.saved)).toBe(next);
    expect(having(next, saveFailed)).toBe(next);
  });

  it('sends the archive the hash of its last file, which reveals changes by others', () => {
    const next = having(done, on.saved, ...secondTurn);

    expect(step(next, secondResult).commands).toEqual([
      { to: 'archive', type: 'SAVE', turn: 2, expected: ['abc'] },
    ]);
  });

  it('sends the archive also the hash of a draft, which a dead server may have written', () => {
    const drafted = { type: 'DRAFTED', sha256: 'def' } as const;
    const next = having(done, on.saved, ...secondTurn, secondResult);

    expect(step(having(next, drafted), on.adopt).commands).toContainEqual({
      to: 'archive',
      type: 'SAVE',
      turn: 2,
      expected: ['abc', 'def'],
    });
  });

  it('is not delivered with the result of an earlier turn', () => {
    const next = having(done, on.saved, ...secondTurn, secondResult);

    expect(next.can({ type: 'DELIVERED', turn: 1 })).toBe(false);
    expect(having(next, { type: 'DELIVERED', turn: 2 }).context.delivered).toBe(true);
  });

  it('is delivered without a turn, as journals of earlier versions say', () => {
    expect(having(done, { type: 'DELIVERED' }).context.delivered).toBe(true);
  });

  it('is delivered once', () => {
    expect(done.can(on.delivered)).toBe(true);
    expect(having(done, on.delivered).can(on.delivered)).toBe(false);
  });
});

describe('A settled worker', () => {
  const release = { type: 'RELEASE' } as const;

  it('terminates its idle process when it is released, and keeps its state', () => {
    const { next, commands } = step(done, release);

    expect(commands).toEqual([{ to: 'process', type: 'TERMINATE' }]);
    expect(next.value).toBe('completed');
  });

  it('cannot be released after its process exited', () => {
    const exited = having(done, on.exited({ returncode: 0 }));

    expect(exited.context.process).toBeNull();
    expect(exited.value).toBe('completed');
    expect(exited.can(release)).toBe(false);
  });

  it('has the tag settled, and no other worker has it', () => {
    const lists = [
      [],
      [on.slot],
      until.running,
      until.completed,
      [...until.running, on.exited()],
      [...until.completed, on.resume],
    ];
    const tags = lists.map((events) => [...having(newWorker(), ...events).tags]);

    expect(tags).toEqual([
      ...[['active'], ['active'], ['active']],
      ...[['settled'], ['settled'], ['active']],
    ]);
  });
});
