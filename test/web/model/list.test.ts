import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupOf, groups } from '../../../web/model/group.ts';
import {
  countStates,
  groupWorkers,
  idsOf,
  matches,
  neighbourOf,
  rowsOf,
} from '../../../web/model/list.ts';
import { usualTurn } from '../run.ts';

const state = fc.constantFrom(
  ...['spawning.queued', 'spawning.starting', 'running', 'awaiting_permission', 'stopping'],
  ...['completed', 'failed', 'resumed.queued', 'resumed.handed_over', undefined],
);
const crowd = fc
  .array(state, { maxLength: 20 })
  .map((states) => states.map((state, index) => ({ id: `w${index}`, state })));

describe('the list of workers', () => {
  it('has each worker that exists once, under the heading of its group', () => {
    fc.assert(
      fc.property(crowd, (workers) => {
        const rows = rowsOf(groupWorkers(workers), () => true);
        let heading: string | undefined;
        for (const row of rows) {
          if ('group' in row) heading = row.group;
          const shown = workers.find((worker) => 'id' in row && worker.id === row.id)?.state;
          if ('id' in row) expect(groupOf(shown ?? 'none')).toBe(heading);
        }
        const existing = workers.filter(({ state }) => state !== undefined).map(({ id }) => id);
        expect(idsOf(rows).toSorted()).toEqual(existing.toSorted());
      }),
    );
  });

  it('has the most urgent group first, and the newest worker first in each', () => {
    const states = ['completed', 'running', 'awaiting_permission', 'failed', 'running'];
    const workers = states.map((state, index) => ({ id: `w${index}`, state }));
    expect(rowsOf(groupWorkers(workers), () => true)).toEqual([
      { group: 'needs', count: 1 },
      { id: 'w2' },
      { group: 'working', count: 2 },
      { id: 'w4' },
      { id: 'w1' },
      { group: 'failed', count: 1 },
      { id: 'w3' },
      { group: 'done', count: 1 },
      { id: 'w0' },
    ]);
  });

  it('has no heading without a worker that the search finds', () => {
    fc.assert(
      fc.property(crowd, fc.uniqueArray(fc.nat(19)), (workers, numbers) => {
        const isFound = (id: string) => numbers.includes(Number(id.slice(1)));
        const rows = rowsOf(groupWorkers(workers), isFound);
        const counts = rows.flatMap((row) => ('group' in row ? [row.count] : []));
        expect(counts.every((count) => count > 0)).toBe(true);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(idsOf(rows).length);
        expect(idsOf(rows).every((id) => isFound(id))).toBe(true);
      }),
    );
  });
});

describe('the numbers', () => {
  it('of the states add up to the workers that exist, as those of the groups do', () => {
    fc.assert(
      fc.property(crowd, (workers) => {
        const existing = workers.filter(({ state }) => state !== undefined).length;
        const inStates = [...countStates(workers).values()].reduce((sum, n) => sum + n, 0);
        const grouped = groupWorkers(workers);
        const inGroups = groups.reduce((sum, group) => sum + grouped[group].length, 0);
        expect([inStates, inGroups]).toEqual([existing, existing]);
      }),
    );
  });
});

describe('the search', () => {
  const { viewAfter } = usualTurn();
  const worker = { ...viewAfter(1), agent_type: 'Explore', cwd: '/home/Project' };

  it.each(['', '  ', 'test work', ' TEST ', 'explore', '/home/p', 'queued', worker.worker_id])(
    'finds a worker by "%s"',
    (query) => {
      expect(matches(worker, query)).toBe(true);
    },
  );

  it('finds nothing that no text has, and no worker that does not exist', () => {
    expect(matches(worker, 'elsewhere')).toBe(false);
    expect(matches(undefined, 'test')).toBe(false);
    expect(matches({ ...worker, agent_type: null }, 'explore')).toBe(false);
  });
});

describe('the neighbour in the list', () => {
  const ids = ['a', 'b', 'c'];

  it.each<[string | undefined, number, string]>([
    ['a', 1, 'b'],
    ['b', -1, 'a'],
    ['a', -1, 'a'],
    ['c', 1, 'c'],
    [undefined, 1, 'a'],
    [undefined, -1, 'c'],
    ['gone', 1, 'a'],
  ])('of %s by %i is %s', (id, by, expected) => {
    expect(neighbourOf(ids, id, by)).toBe(expected);
  });

  it('of an empty list is none', () => {
    expect(neighbourOf([], undefined, 1)).toBeUndefined();
    expect(neighbourOf([], undefined, -1)).toBeUndefined();
  });
});
