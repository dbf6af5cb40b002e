import { describe, expect, it } from 'vitest';
import {
  isReady,
  type Phase,
  progressLine,
  type WorkerPhase,
} from '../../../src/manager/phases.ts';

const workers = (...phases: Phase[]): WorkerPhase[] =>
  phases.map((phase, index) => ({
    ...{ worker_id: String(index), phase, turn: 1, requests: '', cost_usd: 0.25 },
  }));

describe('a wait can return', () => {
  it.each<[Phase[], boolean, boolean]>([
    [[], true, true],
    [['working'], false, false],
    [['done'], true, true],
    [['done', 'working'], false, true],
    [['delivered', 'working'], false, false],
    [['delivered', 'gone'], true, true],
    [['asking', 'working'], true, true],
    [['gone', 'working'], false, false],
    [['done', 'delivered', 'gone'], true, true],
  ])('with %j: for all %s, for any %s', (phases, all, any) => {
    const list = workers(...phases);
    expect([isReady(list, 'all'), isReady(list, 'any')]).toEqual([all, any]);
  });
});

describe('the progress line', () => {
  it.each<[Phase[], string]>([
    [[], '0 of 0 done, $0.00'],
    [['working'], '0 of 1 done, $0.25'],
    [['done', 'delivered', 'gone', 'working'], '3 of 4 done, $1.00'],
    [['asking', 'working'], '0 of 2 done, 1 needs a permission, $0.50'],
    [['asking', 'asking', 'done'], '1 of 3 done, 2 need a permission, $0.75'],
  ])('of %j is %s', (phases, line) => {
    expect(progressLine(workers(...phases))).toBe(line);
  });
});
