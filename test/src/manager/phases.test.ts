import { describe, expect, it } from 'vitest';
import { isReady, type Phase, progressLine } from '../../../src/manager/phases.ts';

const phases = (...stages: Phase['stage'][]): Phase[] =>
  stages.map((stage, index) => ({
    ...{ worker_id: String(index), stage, requests: '', cost_usd: 0.25 },
  }));

describe('a wait has its answer', () => {
  it.each<[Phase['stage'][], boolean, boolean]>([
    [[], true, true],
    [['working'], false, false],
    [['done'], true, true],
    [['done', 'working'], false, true],
    [['delivered', 'working'], false, false],
    [['delivered', 'gone'], true, true],
    [['asking', 'working'], true, true],
    [['gone', 'working'], false, false],
    [['done', 'delivered', 'gone'], true, true],
  ])('with %j: for all %s, for any %s', (stages, all, any) => {
    expect([isReady(phases(...stages), 'all'), isReady(phases(...stages), 'any')]).toEqual([
      all,
      any,
    ]);
  });
});

describe('the line of progress', () => {
  it.each<[Phase['stage'][], string]>([
    [[], '0 of 0 done, $0.00'],
    [['working'], '0 of 1 done, $0.25'],
    [['done', 'delivered', 'gone', 'working'], '3 of 4 done, $1.00'],
    [['asking', 'working'], '0 of 2 done, 1 needs a permission, $0.50'],
    [['asking', 'asking', 'done'], '1 of 3 done, 2 need a permission, $0.75'],
  ])('of %j is %s', (stages, line) => {
    expect(progressLine(phases(...stages))).toBe(line);
  });
});
