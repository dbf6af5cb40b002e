import { expect, it } from 'vitest';
import type { Step } from '../../../src/projection/contract.ts';
import { createRing } from '../../../src/projection/ring.ts';
import { workerId } from '../fixtures.ts';

const step = (seq: number, last_line = ''): Step => ({
  record: {
    ...{ v: 1, seq, t: 0, worker: workerId(), event: { type: 'STOP' } },
    ...{ from: 'running', to: 'running' },
  },
  patch: { last_line },
});

const seqs = (texts: string[] | undefined) => texts?.map((text) => JSON.parse(text).record.seq);

it('a cursor returns all steps after it, while the ring has them', () => {
  const ring = createRing('e', { steps: 3, characters: 1_000_000 });
  const cursors = [ring.cursor];
  for (const seq of [1, 2, 3, 4]) {
    ring.push(step(seq));
    cursors.push(ring.cursor);
  }
  expect(cursors).toEqual(['e-0', 'e-1', 'e-2', 'e-3', 'e-4']);
  expect(cursors.map((cursor) => seqs(ring.since(cursor)))).toEqual([
    undefined,
    [2, 3, 4],
    [3, 4],
    [4],
    [],
  ]);
});

it('the ring keeps as many steps and characters as its limits allow', () => {
  const ring = createRing('e', { steps: 100, characters: 1_000 });
  for (const seq of [1, 2, 3]) ring.push(step(seq, 'x'.repeat(300)));
  expect(ring.since('e-0')).toBeUndefined();
  expect(seqs(ring.since('e-1'))).toEqual([2, 3]);
  ring.push(step(4, 'x'.repeat(2_000)));
  expect(ring.since('e-3')).toBeUndefined();
  expect(seqs(ring.since('e-4'))).toEqual([]);
});

it.each(['', 'e', 'e-', 'e-5', 'e--1', 'e-x', 'f-0', 'e-0-0', 'e-1e0'])(
  'the cursor "%s" is unknown',
  (cursor) => {
    const ring = createRing('e');
    for (const seq of [1, 2, 3]) ring.push(step(seq));
    expect(ring.since(cursor)).toBeUndefined();
  },
);
