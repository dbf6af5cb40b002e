import { describe, expect, it } from 'vitest';
import {
  accepted,
  completed,
  exited,
  having,
  newWorker,
  result,
  resume,
  running,
  slot,
  step,
} from './worker-fixtures.ts';

const saved = { type: 'SAVED', turn: 1, sha256: 'abc' } as const;
const saveFailed = { type: 'SAVE_FAILED', turn: 1, hint: 'The disk is full.' } as const;
const done = having(newWorker(), ...completed);

describe('The end of a turn', () => {
  it('is written to the history file, well or not', () => {
    const runningWorker = having(newWorker(), ...running);
    const save = { to: 'archive', type: 'SAVE', turn: 1, expected: [] };

    expect(step(runningWorker, result()).commands).toEqual([save]);
    expect(step(runningWorker, exited()).commands).toEqual([save]);
  });

  it('counts as saved once the file holds it', () => {
    expect(done.context.saved).toBe(false);
    expect(having(done, saved).context).toMatchObject({ saved: true, save_error: null });
  });

  it('counts as saved, with what went wrong, where it could not be written', () => {
    const { context } = having(done, saveFailed);

    expect(context).toMatchObject({ saved: true, save_error: 'The disk is full.' });
  });

  it('is not taken for saved by news of an earlier turn', () => {
    const next = having(done, resume, slot, accepted('prompt-2'), result({ prompt_ids: [] }));

    expect(having(next, saved)).toBe(next);
    expect(having(next, saveFailed)).toBe(next);
  });

  it('tells the archive which file it wrote last, to see whether somebody changed it', () => {
    const next = having(done, saved, resume, slot, accepted('prompt-2'));

    expect(step(next, result({ prompt_ids: [] })).commands).toEqual([
      { to: 'archive', type: 'SAVE', turn: 2, expected: ['abc'] },
    ]);
  });

  it('tells the archive which file it was about to write too, as nobody may know whether it did', () => {
    const drafted = { type: 'DRAFTED', sha256: 'def' } as const;
    const next = having(
      done,
      saved,
      resume,
      slot,
      accepted('prompt-2'),
      result({ prompt_ids: [] }),
    );

    expect(
      step(having(next, drafted), { type: 'ADOPT', owner: 'another' }).commands,
    ).toContainEqual({ to: 'archive', type: 'SAVE', turn: 2, expected: ['abc', 'def'] });
  });

  it('is delivered once', () => {
    const delivered = { type: 'DELIVERED' } as const;

    expect(done.can(delivered)).toBe(true);
    expect(having(done, delivered).can(delivered)).toBe(false);
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
    const left = having(done, exited({ returncode: 0 }));

    expect(left.context.process).toBeNull();
    expect(left.value).toBe('completed');
    expect(left.can(release)).toBe(false);
  });

  it('is tagged as settled, and no other worker is', () => {
    const ways = [[], [slot], running, completed, [...running, exited()], [...completed, resume]];
    const tags = ways.map((way) => [...having(newWorker(), ...way).tags]);

    expect(tags).toEqual([
      ...[['active'], ['active'], ['active']],
      ...[['settled'], ['settled'], ['active']],
    ]);
  });
});
