import { describe, expect, it } from 'vitest';
import { having, newWorker, on, step, until } from './fixtures.ts';

const saveFailed = { type: 'SAVE_FAILED', turn: 1, hint: 'The disk is full.' } as const;
const done = having(newWorker(), ...until.completed);

describe('The end of a turn', () => {
  it('is written to the history file, well or not', () => {
    const runningWorker = having(newWorker(), ...until.running);
    const save = { to: 'archive', type: 'SAVE', turn: 1, expected: [] };

    expect(step(runningWorker, on.result()).commands).toEqual([save]);
    expect(step(runningWorker, on.exited()).commands).toEqual([save]);
  });

  it('counts as saved once the file holds it', () => {
    expect(done.context.saved).toBe(false);
    expect(having(done, on.saved).context).toMatchObject({ saved: true, save_error: null });
  });

  it('counts as saved, with what went wrong, where it could not be written', () => {
    const { context } = having(done, saveFailed);

    expect(context).toMatchObject({ saved: true, save_error: 'The disk is full.' });
  });

  it('is not taken for saved by news of an earlier turn', () => {
    const next = having(
      done,
      on.resume,
      on.slot,
      on.accepted('prompt-2'),
      on.result({ prompt_ids: [] }),
    );

    expect(having(next, on.saved)).toBe(next);
    expect(having(next, saveFailed)).toBe(next);
  });

  it('tells the archive which file it wrote last, to see whether somebody changed it', () => {
    const next = having(done, on.saved, on.resume, on.slot, on.accepted('prompt-2'));

    expect(step(next, on.result({ prompt_ids: [] })).commands).toEqual([
      { to: 'archive', type: 'SAVE', turn: 2, expected: ['abc'] },
    ]);
  });

  it('tells the archive which file it was about to write too, as nobody may know whether it did', () => {
    const drafted = { type: 'DRAFTED', sha256: 'def' } as const;
    const next = having(
      done,
      on.saved,
      on.resume,
      on.slot,
      on.accepted('prompt-2'),
      on.result({ prompt_ids: [] }),
    );

    expect(step(having(next, drafted), on.adopt).commands).toContainEqual({
      to: 'archive',
      type: 'SAVE',
      turn: 2,
      expected: ['abc', 'def'],
    });
  });

  it('is delivered once', () => {
    expect(done.can(on.delivered)).toBe(true);
    expect(having(done, on.delivered).can(on.delivered)).toBe(false);
  });
});

describe('A settled worker', () => {
  const release = { type: 'RELEASE' } as const;

  it('ends its idle process when it is released, and stays as it is', () => {
    const { next, commands } = step(done, release);

    expect(commands).toEqual([{ to: 'process', type: 'TERMINATE' }]);
    expect(next.value).toBe('completed');
  });

  it('has nothing to release once its process has left by itself', () => {
    const left = having(done, on.exited({ returncode: 0 }));

    expect(left.context.process).toBeNull();
    expect(left.value).toBe('completed');
    expect(left.can(release)).toBe(false);
  });

  it('is tagged as settled, and no other worker is', () => {
    const ways = [
      [],
      [on.slot],
      until.running,
      until.completed,
      [...until.running, on.exited()],
      [...until.completed, on.resume],
    ];
    const tags = ways.map((way) => [...having(newWorker(), ...way).tags]);

    expect(tags).toEqual([
      ...[['active'], ['active'], ['active']],
      ...[['settled'], ['settled'], ['active']],
    ]);
  });
});
